import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClickHouse,
  type ClickHouseOptions,
  createClickHouse,
  type MigrateOptions,
  MigrationError,
  migrateDown,
  migrateUp,
  migrationVersion,
} from '@updraft/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, startEngines } from './cluster/engines.ts';
import { quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';

const TABLE =
  'CREATE TABLE t (k UInt32, a UInt8, PROJECTION p INDEX throwIf(a = 2) TYPE basic) ENGINE = MergeTree ORDER BY k';
const BUILD = 'ALTER TABLE t MATERIALIZE PROJECTION p SETTINGS mutations_sync = 0';
const DROP = 'ALTER TABLE t DROP PROJECTION IF EXISTS p';

let engines: Engines;
let nth = 0;
beforeAll(async () => {
  engines = await startEngines(2);
});
afterAll(() => engines[Symbol.asyncDispose]());

describe.each([
  ['one server', 1],
  ['two shards', 2],
])('on %s', (_, count) => {
  let directory: string;
  let options: MigrateOptions;
  /** Of the rows of each server. */
  let servers: ClickHouse[];
  const onEach = (sql: string) => Promise.all(servers.map((server) => server.command(sql)));

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'updraft-migrations-'));
    const { cluster, ...server } = { ...engines.connection, database: `waiting_${nth++}` };
    const connection: ClickHouseOptions = count === 1 ? server : { ...server, cluster };
    options = { connection, directory, log: quietLog };
    const rowsDatabase = count === 1 ? server.database : `${server.database}_rows`;
    servers = engines.urls
      .slice(0, count)
      .map((address) => createClickHouse({ ...server, address, database: rowsDatabase }));
    await writeFile(join(directory, 'sharding.yaml'), 'tables:\n  t: k\nsent_on: []\n');
    await migration('0001_table', TABLE, 'DROP TABLE t');
    await migrateUp(options);
  });

  afterEach(async () => {
    for (const server of servers) await server.close();
    await rm(directory, { recursive: true });
  });

  async function migration(stem: string, up: string, down: string): Promise<void> {
    await writeFile(join(directory, `${stem}.up.sql`), up);
    await writeFile(join(directory, `${stem}.down.sql`), down);
  }

  /** Rows whose index is not built: `a` is 2 where that shall fail. */
  async function insertRows(a: number): Promise<void> {
    await onEach(`ALTER TABLE t DROP PROJECTION p`);
    await onEach(`INSERT INTO t SELECT number, ${a} FROM numbers(10)`);
    await onEach('ALTER TABLE t ADD PROJECTION p INDEX throwIf(a = 2) TYPE basic');
  }

  async function projections(): Promise<unknown[]> {
    const sql = 'SELECT name FROM system.projections WHERE database = currentDatabase()';
    return (await Promise.all(servers.map((server) => selectRows(server, sql)))).flat();
  }

  test('a statement that the server refuses while it builds an index waits for it, and tells how far it is', async () => {
    await insertRows(1);
    await migration('0002_index', `${BUILD}; ${DROP}`, 'SELECT 1');
    await onEach('SYSTEM STOP MERGES t');
    const told = new Set<string>();
    const onProgress = ({
      subject,
      done,
      total,
      unit,
    }: {
      subject: string;
      done: number;
      total: number;
      unit: string;
    }) => {
      told.add(`${subject}: ${done} of ${total} ${unit}`);
      void onEach('SYSTEM START MERGES t');
    };
    await migrateUp({ ...options, onProgress });
    expect([...told].toSorted()).toEqual([
      'waiting for t, (MATERIALIZE PROJECTION p): 0 of 1 parts',
      'waiting for t, (MATERIALIZE PROJECTION p): 1 of 1 parts',
    ]);
    expect(await projections()).toEqual([]);
    expect(await migrationVersion(options)).toMatchObject({ version: 2, dirty: false });
  });

  test('a wait that takes too long names the mutation, and the same command goes on with it', async () => {
    await insertRows(1);
    await migration('0002_index', BUILD, DROP);
    await onEach('SYSTEM STOP MERGES t');
    await migrateUp(options);
    const down = () => migrateDown({ ...options, statementTimeoutMs: 700, count: 1 });
    await expect(down()).rejects.toThrow(
      /^0002_index \(down\), statement 1: the server is not done with mutation 'mutation_\d+\.txt' of waiting_\w+\.t at http:\S+, \(MATERIALIZE PROJECTION p\) \(1 parts left\)\. Run the same command again/,
    );
    await expect(migrateUp(options)).rejects.toThrow(/'migrate down 1' goes on with it/);
    await onEach('SYSTEM START MERGES t');
    expect(await migrateDown({ ...options, count: 1 })).toMatchObject([{ version: 2 }]);
    expect(await projections()).toEqual([]);
    expect(await migrationVersion(options)).toMatchObject({ version: 1, dirty: false });
  });

  test('a mutation that fails is named with its reason and with what ends it', async () => {
    await insertRows(2);
    await migration('0002_index', BUILD, DROP);
    await migrateUp(options);
    for (const server of servers) {
      const failed = await migrateDown({ ...options, count: 1 }).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(MigrationError);
      const { message } = failed as MigrationError;
      expect(message).toMatch(/mutation 'mutation_\d+\.txt' of \S+ at \S+, \(MATERIALIZE PROJECTION p\) fails: .*395/);
      const [ending] = /KILL MUTATION WHERE.*$/.exec(message) ?? [];
      await server.command(ending ?? '');
    }
    await migrateDown({ ...options, count: 1 });
    expect(await projections()).toEqual([]);
  });

  test('a statement that is refused for another reason fails with what the server says', async () => {
    await migration('0002_wrong', 'ALTER TABLE t MODIFY COLUMN a REMOVE DEFAULT', 'SELECT 1');
    await expect(migrateUp(options)).rejects.toThrow(
      /^0002_wrong \(up\), statement 1: BAD_ARGUMENTS: Column `a` doesn't have DEFAULT/,
    );
  });
});
