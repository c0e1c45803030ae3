import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MIGRATIONS_DIRECTORY } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onCluster } from '../packages/store/src/cluster/cluster-ddl.ts';
import { clusterMigrations } from '../packages/store/src/cluster/cluster-migrations.ts';
import { readMigrations } from '../packages/store/src/migrations/migration-files.ts';
import { splitStatements } from '../packages/store/src/migrations/split-statements.ts';
import { type StoreFixture, startStore } from './store-fixture.ts';

let store: StoreFixture;
beforeAll(async () => {
  store = await startStore({ migrated: false });
});
afterAll(() => store.close());

/** What the services say themselves. */
const AT_RUN_TIME = [
  'SYSTEM RELOAD DICTIONARY hidden',
  'OPTIMIZE TABLE repo_cleanup_jobs FINAL',
  'ALTER TABLE post_like_counts DROP PARTITION 7',
  "ALTER TABLE posts DELETE WHERE did IN ('did:plc:x')",
  'ALTER TABLE posts MODIFY TTL record_time + INTERVAL 90 DAY',
  'CREATE DATABASE IF NOT EXISTS `atproto` ENGINE = Atomic',
];
const site = { cluster: 'updraft', database: 'atproto' };

test('every statement that the migrations become on a cluster is one that ClickHouse can read', async () => {
  const migrations = clusterMigrations(await readMigrations(MIGRATIONS_DIRECTORY), site);
  const statements = migrations.flatMap(({ upSql, downSql }) => [
    ...splitStatements(upSql),
    ...splitStatements(downSql),
  ]);
  statements.push(...AT_RUN_TIME.flatMap((sql) => onCluster(sql, site)));
  expect(statements.length).toBeGreaterThan(100);
  const refused = await Promise.all(
    statements.map(async (sql) =>
      store.clickhouse.query('SELECT formatQuery({sql:String})', { sql }).then(
        () => [],
        (error: unknown) => [`${sql}: ${String(error)}`],
      ),
    ),
  );
  expect(refused.flat()).toEqual([]);
});

test('every table that the migrations make on one server is replicated and distributed on a cluster', async () => {
  const files = (await readdir(MIGRATIONS_DIRECTORY)).filter((name) => name.endsWith('.up.sql'));
  const single = (await Promise.all(files.map((name) => readFile(join(MIGRATIONS_DIRECTORY, name), 'utf8')))).join(
    '\n',
  );
  const names = [...single.matchAll(/^CREATE TABLE (\w+)/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(25);
  const migrations = clusterMigrations(await readMigrations(MIGRATIONS_DIRECTORY), site);
  const cluster = migrations.map(({ upSql }) => upSql).join('\n');
  for (const name of names) {
    expect(cluster).toMatch(
      new RegExp(
        `CREATE TABLE ${name}_local ON CLUSTER 'updraft'[\\s\\S]*?\\nENGINE = Replicated(Replacing)?MergeTree`,
      ),
    );
    expect(cluster).toContain(`ENGINE = Distributed('updraft', 'atproto', '${name}_local', `);
  }
});
