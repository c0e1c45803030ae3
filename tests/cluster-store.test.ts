import { createClickHouse, migrateUp, migrationVersion } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engines, startEngines } from './cluster/engines.ts';
import { quietLog } from './store-fixture.ts';

let engines: Engines;
beforeAll(async () => {
  engines = await startEngines(2);
}, 120_000);
afterAll(() => engines[Symbol.asyncDispose]());

test('the migrations make the whole schema on each server', async () => {
  const { connection } = engines;
  await migrateUp({ connection, log: quietLog });
  expect(await migrateUp({ connection, log: quietLog })).toEqual([]);
  expect((await migrationVersion({ connection, log: quietLog }))?.dirty).toBe(false);
  const of = async (address: string) => {
    const clickhouse = createClickHouse({ ...connection, address });
    const rows = await clickhouse.query<{ name: string; engine: string; database: string }>(
      "SELECT database, name, engine FROM system.tables WHERE database LIKE 'atproto%' AND name NOT LIKE 'schema%' ORDER BY database, name",
    );
    await clickhouse.close();
    return rows;
  };
  const [first = [], second] = await Promise.all(engines.urls.map(of));
  expect(first.length).toBeGreaterThan(60);
  expect(second).toEqual(first);
});
