import { createClickHouse, migrateUp } from '@updraft/store';
import { expect, test } from 'vitest';
import { startEngines } from './cluster/engines.ts';
import { hostileOperations } from './migrate/hostile-operations.ts';
import { createOldDatabase, migrateBackToOld, shown, writeOldRows } from './migrate/old-store.ts';
import { quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';

test('a store on two shards shows the same after the move as before, each row on its own server, and after the way back', async () => {
  await using engines = await startEngines(2);
  const { connection } = engines;
  await createOldDatabase(connection);
  const clickhouse = createClickHouse(connection);
  await writeOldRows(
    clickhouse,
    hostileOperations(2_000).filter(
      ({ collection, operation, record }) =>
        collection !== 'app.bsky.feed.post' ||
        operation === 'delete' ||
        (typeof record === 'object' && record !== null && !Array.isArray(record)),
    ),
  );
  const before = await shown(connection);
  const places = `SELECT hostName(), sum(n) AS keys, max(n) AS most FROM (SELECT repo, uniqExact(shardNum()) AS n FROM record_rows GROUP BY repo)`;

  const onProgress = ({ done }: { done: number }) => {
    if (done > 0) throw new Error('stopped');
  };
  await expect(migrateUp({ connection, log: quietLog, sliceRows: 200, onProgress })).rejects.toThrow(/stopped/);
  await migrateUp({ connection, log: quietLog, sliceRows: 200 });
  expect(await shown(connection)).toEqual(before);
  expect(await selectRows(clickhouse, places)).toMatchObject([{ most: '1' }]);

  await migrateBackToOld(connection);
  expect(await shown(connection)).toEqual(before);
  await clickhouse.close();
});
