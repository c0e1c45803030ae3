import { describe, expect, it } from 'vitest';
import { MIGRATIONS_DIRECTORY, readMigrations } from '../migrations/migration-files.ts';
import { splitStatements } from '../migrations/split-statements.ts';
import { createClusterDdl, onCluster } from './cluster-ddl.ts';
import { clusterMigrations } from './cluster-migrations.ts';

const site = { cluster: 'c1', database: 'atproto' };
const likes = `-- why
CREATE TABLE likes
(
    actor_did String,
    rkey String
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYear(record_time)
ORDER BY (record_hour, actor_did, rkey)
SETTINGS fsync_after_insert = 1`;
const days = 'CREATE TABLE days\n(\n    day Date\n)\nENGINE = ReplacingMergeTree(at)\nORDER BY (source, day)';
const ddl = (...statements: string[]) => statements.flatMap(createClusterDdl(site));

describe('createClusterDdl', () => {
  it('makes of a table one that is replicated on every server, and a distributed one over it, by the account', () => {
    const [local, distributed] = ddl(likes);
    expect(local).toBe(
      likes
        .replace('-- why\n', '')
        .replace('TABLE likes', "TABLE likes_local ON CLUSTER 'c1'")
        .replace('= Replacing', '= ReplicatedReplacing'),
    );
    expect(distributed).toBe(
      "CREATE TABLE likes ON CLUSTER 'c1' AS likes_local\nENGINE = Distributed('c1', 'atproto', 'likes_local', sipHash64(actor_did))",
    );
  });

  it("spreads what is no account's by its whole sort key, so that rows which replace each other meet", () => {
    expect(ddl(days)[1]).toContain('sipHash64(source, day))');
  });

  it('feeds a view from the rows of its own server, and into the shard where its rows belong', () => {
    const view = (target: string) => `CREATE MATERIALIZED VIEW v TO ${target} AS\nSELECT a FROM likes WHERE x IN (1)`;
    expect(ddl(likes, view('likes')).at(-1)).toBe(
      "CREATE MATERIALIZED VIEW v ON CLUSTER 'c1' TO likes_local AS\nSELECT a FROM likes_local WHERE x IN (1)",
    );
    expect(ddl(likes, days, view('days')).at(-1)).toContain("ON CLUSTER 'c1' TO days AS");
  });

  it('changes the query of a view on every server, and leaves it reading the rows of its own', () => {
    expect(ddl(likes, 'ALTER TABLE v MODIFY QUERY\nSELECT b FROM likes').at(-1)).toBe(
      "ALTER TABLE v ON CLUSTER 'c1' MODIFY QUERY\nSELECT b FROM likes_local",
    );
  });

  it('has a table of the schema in every materialized view read locally, and none by its distributed name', async () => {
    const migrations = clusterMigrations(await readMigrations(MIGRATIONS_DIRECTORY), site);
    const views = migrations.flatMap(({ upSql }) =>
      splitStatements(upSql).filter((sql) => sql.startsWith('CREATE MATERIALIZED')),
    );
    expect(views.length).toBeGreaterThan(8);
    for (const view of views) expect(view).toMatch(/\bFROM \w+_local\b/);
  });
});

describe('onCluster', () => {
  it.each([
    [
      'ALTER TABLE t ADD COLUMN a Array(String) CODEC(Delta, ZSTD(1)) AFTER b',
      [
        "ALTER TABLE t_local ON CLUSTER 'c1' ADD COLUMN a Array(String) CODEC(Delta, ZSTD(1)) AFTER b",
        "ALTER TABLE t ON CLUSTER 'c1' ADD COLUMN a Array(String) AFTER b",
      ],
    ],
    ['ALTER TABLE t ADD INDEX i a TYPE minmax', ["ALTER TABLE t_local ON CLUSTER 'c1' ADD INDEX i a TYPE minmax"]],
    ['ALTER TABLE t DELETE WHERE a = 1', ["ALTER TABLE t_local ON CLUSTER 'c1' DELETE WHERE a = 1"]],
    ['ALTER TABLE t DROP PARTITION 7', ["ALTER TABLE t_local ON CLUSTER 'c1' DROP PARTITION 7"]],
    ['OPTIMIZE TABLE t FINAL', ["OPTIMIZE TABLE t_local ON CLUSTER 'c1' FINAL"]],
    ['SYSTEM RELOAD DICTIONARY hidden', ["SYSTEM RELOAD DICTIONARY hidden ON CLUSTER 'c1'"]],
    ['DROP TABLE t', ["DROP TABLE t ON CLUSTER 'c1'", "DROP TABLE t_local ON CLUSTER 'c1' SYNC"]],
    ['DROP VIEW v', ["DROP VIEW v ON CLUSTER 'c1'"]],
    [
      'CREATE VIEW v AS SELECT a FROM t FINAL WHERE a NOT IN (SELECT b FROM u) AND c IN (1, 2)',
      [
        "CREATE VIEW v ON CLUSTER 'c1' AS SELECT a FROM t FINAL WHERE a GLOBAL NOT IN (SELECT b FROM u) AND c IN (1, 2)",
      ],
    ],
    [
      'CREATE DATABASE IF NOT EXISTS `x` ENGINE = Atomic',
      ["CREATE DATABASE IF NOT EXISTS `x` ON CLUSTER 'c1' ENGINE = Atomic"],
    ],
    ['INSERT INTO t SELECT 1', ['INSERT INTO t SELECT 1']],
    [
      'CREATE TABLE IF NOT EXISTS schema_migrations (a Int8)',
      ['CREATE TABLE IF NOT EXISTS schema_migrations (a Int8)'],
    ],
  ])('%s', (statement, statements) => {
    expect(onCluster(statement, site)).toEqual(statements);
    // What a migration has turned once passes the client unchanged.
    for (const made of statements) expect(onCluster(made, site)).toEqual([made]);
  });
});
