import { describe, expect, it } from 'vitest';
import { MIGRATIONS_DIRECTORY, readMigrations } from '../migrations/migration-files.ts';
import { runStepOf } from '../migrations/run-steps/run-steps.ts';
import { splitStatements } from '../migrations/split-statements.ts';
import { readSharding } from './sharding.ts';
import { createSteps, type Step } from './steps.ts';

const site = { cluster: 'c1', database: 'atproto', rowsDatabase: 'atproto_rows', isReplicated: false };
const sharding = {
  keys: new Map([
    ['likes', 'sipHash64(actor_did)'],
    ['ops', 'op_key'],
  ]),
  sentOn: new Set(['ops']),
};
const upSql = 'CREATE TABLE likes (a Int8) ENGINE = MergeTree ORDER BY a;\nCREATE TABLE ops (a Int8);';
const stepsOf = createSteps(site, sharding, [{ upSql }]);
const each = (database: Step['database'], sql: string): Step => ({ sql, database, isOnEachServer: true });
const OVER_LIKES =
  "CREATE TABLE likes AS `atproto_rows`.likes ENGINE = Distributed('c1', 'atproto_rows', 'likes', sipHash64(actor_did))";

describe('a statement of a migration on a cluster', () => {
  it.each([
    [
      '-- why\nCREATE TABLE likes (a Int8)\nENGINE = MergeTree ORDER BY a',
      [each('rows', 'CREATE TABLE likes (a Int8)\nENGINE = MergeTree ORDER BY a'), each('whole', OVER_LIKES)],
    ],
    [
      'ALTER TABLE likes ADD COLUMN b Int8',
      [
        each('rows', 'ALTER TABLE likes ADD COLUMN b Int8'),
        each('whole', OVER_LIKES.replace('CREATE', 'CREATE OR REPLACE')),
      ],
    ],
    ['DROP TABLE likes', [each('whole', 'DROP TABLE IF EXISTS likes'), each('rows', 'DROP TABLE likes')]],
    [
      'CREATE MATERIALIZED VIEW v TO likes AS SELECT a FROM ops',
      [each('rows', 'CREATE MATERIALIZED VIEW v TO likes AS SELECT a FROM ops')],
    ],
    [
      'CREATE MATERIALIZED VIEW v TO ops AS SELECT a FROM likes',
      [each('rows', 'CREATE MATERIALIZED VIEW v TO `atproto`.ops AS SELECT a FROM likes')],
    ],
    [
      'ALTER TABLE v\nMODIFY QUERY SELECT b FROM likes',
      [each('rows', 'ALTER TABLE v\nMODIFY QUERY SELECT b FROM likes')],
    ],
    ['CREATE VIEW v AS SELECT 1', [each('whole', 'CREATE VIEW v AS SELECT 1')]],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', [each('whole', 'CREATE OR REPLACE VIEW v AS SELECT 1')]],
    ['CREATE DICTIONARY d (a Int8)', [each('whole', 'CREATE DICTIONARY d (a Int8)')]],
    ['DROP VIEW v', [each('whole', 'DROP VIEW IF EXISTS v'), each('rows', 'DROP VIEW IF EXISTS v')]],
    ['DROP DICTIONARY d', [each('whole', 'DROP DICTIONARY d')]],
    [
      'INSERT INTO likes SELECT 1',
      [{ sql: 'INSERT INTO likes SELECT 1', database: 'whole', isOnEachServer: false } satisfies Step],
    ],
  ])('%s', (statement, steps) => {
    expect(stepsOf(statement)).toEqual(steps);
  });

  it('is refused when nothing says where it runs, or by what its rows are spread', () => {
    expect(() => stepsOf('RENAME TABLE likes TO hearts')).toThrow(/a cluster can't run "RENAME TABLE likes TO hearts"/);
    expect(() => stepsOf('CREATE TABLE news (a Int8)')).toThrow(/sharding.yaml says nothing of the table news/);
  });

  it('goes on cluster and makes replicated tables where there are replicas', () => {
    const replicated = createSteps({ ...site, isReplicated: true }, sharding, [{ upSql }]);
    const sqls = (statement: string) => replicated(statement).map(({ sql }) => sql);
    expect(sqls('CREATE TABLE likes (a Int8)\nENGINE = MergeTree ORDER BY a')).toEqual([
      "CREATE TABLE likes ON CLUSTER 'c1' (a Int8)\nENGINE = ReplicatedMergeTree ORDER BY a",
      OVER_LIKES.replace('likes AS', "likes ON CLUSTER 'c1' AS"),
    ]);
    expect(sqls('CREATE MATERIALIZED VIEW v TO likes AS SELECT a FROM ops')).toEqual([
      "CREATE MATERIALIZED VIEW v ON CLUSTER 'c1' TO likes AS SELECT a FROM ops",
    ]);
    expect(sqls('CREATE OR REPLACE VIEW v AS SELECT 1')).toEqual([
      "CREATE OR REPLACE VIEW v ON CLUSTER 'c1' AS SELECT 1",
    ]);
    expect(sqls('DROP VIEW v')[0]).toBe("DROP VIEW IF EXISTS v ON CLUSTER 'c1'");
    expect(sqls('ALTER TABLE likes ADD COLUMN b Int8')[0]).toBe("ALTER TABLE likes ON CLUSTER 'c1' ADD COLUMN b Int8");
  });

  it('is known of every statement of the migrations, up and down', async () => {
    const migrations = await readMigrations(MIGRATIONS_DIRECTORY);
    const known = createSteps(site, await readSharding(MIGRATIONS_DIRECTORY), migrations);
    const statements = migrations.flatMap((migration) => [migration.upSql, migration.downSql].flatMap(splitStatements));
    expect(statements.length).toBeGreaterThan(100);
    for (const statement of statements.filter((one) => runStepOf(one) === undefined))
      expect(known(statement).length).toBeGreaterThan(0);
  });

  it('makes tables of which sharding.yaml names no other', async () => {
    const migrations = await readMigrations(MIGRATIONS_DIRECTORY);
    const made = migrations.flatMap((one) => [...one.upSql.matchAll(/^CREATE TABLE (\w+)/gm)].map(([, name]) => name));
    const { keys, sentOn } = await readSharding(MIGRATIONS_DIRECTORY);
    expect(new Set(keys.keys())).toEqual(new Set(made));
    expect(made).toEqual(expect.arrayContaining([...sentOn]));
  });
});
