import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ClickHouseOptions, ClusterOptions } from '@updraft/store';
import {
  actorHandles,
  checkTables,
  createClickHouse,
  insertRows,
  migrateUp,
  migrationVersion,
  SetupStoreError,
  UnavailableError,
} from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engines, startEngines } from './cluster/engines.ts';
import { PROGRAM_ENV } from './indexer/program.ts';
import { createMigratedDatabase, quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';

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
    const rows = await selectRows<{ name: string; engine: string; database: string }>(
      clickhouse,
      "SELECT database, name, engine FROM system.tables WHERE database LIKE 'atproto%' AND name NOT LIKE 'schema%' ORDER BY database, name",
    );
    await clickhouse.close();
    return rows;
  };
  const [first = [], second] = await Promise.all(engines.urls.map(of));
  expect(first.length).toBeGreaterThan(60);
  expect(second).toEqual(first);
});

describe('what the environment says is compared with the servers:', () => {
  const refusal = (change: (cluster: ClusterOptions) => Partial<ClickHouseOptions>) => {
    const { connection } = engines;
    const { cluster } = connection;
    if (cluster === undefined) throw new Error('the engines are no cluster');
    return migrateUp({ connection: { ...connection, ...change(cluster) }, log: quietLog }).catch(
      (error: unknown) => error,
    );
  };

  test.for([
    [
      'a cluster that they do not know',
      (cluster: ClusterOptions) => ({ cluster: { ...cluster, name: 'other' } }),
      /no cluster 'other'.*it has .*updraft/,
    ],
    [
      'the servers in another order',
      (cluster: ClusterOptions) => ({ cluster: { ...cluster, servers: cluster.servers.toReversed() } }),
      /CLICKHOUSE_SHARDS: .* is server 2 of the cluster 'updraft', but is named in place 1/,
    ],
    [
      'fewer servers',
      (cluster: ClusterOptions) => ({ cluster: { ...cluster, servers: cluster.servers.slice(1) } }),
      /names 1 servers, the cluster 'updraft' of .* has 2/,
    ],
    [
      'a server twice',
      ({ servers: [one = ''], ...cluster }: ClusterOptions) => ({ cluster: { ...cluster, servers: [one, one] } }),
      /are the same server/,
    ],
    [
      'a server that does not answer',
      ({ servers: [one = ''], ...cluster }: ClusterOptions) => ({
        cluster: { ...cluster, servers: [one, '127.0.0.1:1'] },
      }),
      /127.0.0.1:1 can't be reached/,
    ],
    [
      'no cluster, where the tables are spread over one',
      () => ({ cluster: undefined }),
      /is spread over a cluster: set CLICKHOUSE_CLUSTER/,
    ],
  ] as const)('%s', async ([, change, sentence]) => {
    expect(await refusal(change)).toMatchObject({ message: expect.stringMatching(sentence) });
  });

  test('a cluster, where the tables are of one server, which stay as they are', async () => {
    const connection = { ...engines.connection, database: 'alone' };
    const alone = { ...connection, cluster: undefined };
    await createMigratedDatabase(alone);
    await using clickhouse = { ...createClickHouse(alone), [Symbol.asyncDispose]: () => clickhouse.close() };
    await insertRows(clickhouse, actorHandles, [{ did: 'did:plc:a', handle: 'a.test', version }]);
    await expect(migrateUp({ connection, log: quietLog })).rejects.toThrow(/is of one server.*scaling.md/);
    const spread = createClickHouse(connection);
    await expect(checkTables(spread)).rejects.toBeInstanceOf(SetupStoreError);
    await spread.close();
    expect(await selectRows(clickhouse, 'SELECT handle FROM actor_handles')).toEqual([{ handle: 'a.test' }]);
  });
});

test("commands that lack the cluster's variables say so in one line, and take no back-up of nothing", async () => {
  const { address, username, password } = engines.connection;
  const said = (program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) => {
    const env = { ...PROGRAM_ENV, CLICKHOUSE_ADDRESS: address, CLICKHOUSE_USERNAME: username, ...more };
    const main = join(import.meta.dirname, '..', program);
    const done = promisify(execFile)(process.execPath, [main, ...args], {
      env: { ...env, CLICKHOUSE_PASSWORD: password },
    });
    return done.then(
      ({ stderr }) => `went well: ${stderr}`,
      ({ stderr }: { stderr: string }) => stderr,
    );
  };
  const [backup, migrate] = await Promise.all([
    said('apps/admin/src/main.ts', ['backup', 'nothing']),
    said('packages/store/src/migrate-command.ts', ['up'], { CLICKHOUSE_CLUSTER: 'updraft' }),
  ]);
  expect(backup).toMatch(
    /^the database 'atproto' is spread over a cluster: set CLICKHOUSE_CLUSTER and CLICKHOUSE_SHARDS\n$/,
  );
  expect(migrate).toMatch(/^CLICKHOUSE_SHARDS is not set, .*\n$/);
});

test('tables that an earlier version spread over a cluster are left as they are', async () => {
  const connection = { ...engines.connection, database: 'earlier' };
  const system = createClickHouse({ ...engines.connection, database: 'system', cluster: undefined });
  for (const sql of [
    'CREATE DATABASE earlier',
    'CREATE TABLE earlier.repo_records_local (repo String) ENGINE = MergeTree ORDER BY repo',
    "CREATE TABLE earlier.repo_records (repo String) ENGINE = Distributed('updraft', 'earlier', 'repo_records_local', sipHash64(repo))",
  ])
    await system.command(sql);
  await expect(migrateUp({ connection, log: quietLog })).rejects.toThrow(/by an earlier version: .*scaling.md/);
  await system.close();
});

test('while a server is away nothing is acknowledged that is not there, and nobody gets half a count', async () => {
  const clickhouse = createClickHouse(engines.connection);
  const rows = Array.from({ length: 1_000 }, (_, n) => ({ did: `did:plc:${n}`, handle: `h${n}.test`, version }));
  await insertRows(clickhouse, actorHandles, rows.slice(0, 500));
  const count = () => selectRows(clickhouse, 'SELECT toFloat64(count()) AS n FROM actor_handles FINAL');
  await engines.kill(1);
  await expect(insertRows(clickhouse, actorHandles, rows)).rejects.toBeInstanceOf(UnavailableError);
  await expect(count()).rejects.toBeInstanceOf(UnavailableError);
  await engines.revive(1);
  await insertRows(clickhouse, actorHandles, rows);
  expect(await count()).toEqual([{ n: 1_000 }]);
  await clickhouse.close();
});

const version = { hi: 400_000_000, lo: 0 };
