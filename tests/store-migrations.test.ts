import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClickHouse,
  type ClickHouseOptions,
  createClickHouse,
  createMigration,
  dumpSchema,
  forceVersion,
  type MigrateOptions,
  migrateDown,
  migrateUp,
  migrationVersion,
  SetupStoreError,
} from '@updraft/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMigratedDatabase, quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';
import { type StoreFixture, startStore } from './store-fixture.ts';

let store: StoreFixture;
let directory: string;
let connection: ClickHouseOptions;
let clickhouse: ClickHouse;
let options: MigrateOptions;

beforeAll(async () => {
  store = await startStore({ migrated: false });
});

afterAll(async () => {
  await store.close();
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'updraft-migrations-'));
  connection = { ...store.connection, database: `test_${randomBytes(4).toString('hex')}` };
  clickhouse = createClickHouse(connection);
  options = { connection, directory, log: quietLog };
  await migration('0001_first', 'CREATE TABLE one (a UInt8) ENGINE = MergeTree ORDER BY a', 'DROP TABLE one');
  await migration('0002_second', 'CREATE TABLE two (a UInt8) ENGINE = MergeTree ORDER BY a;', 'DROP TABLE two;');
});

afterEach(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true });
});

async function migration(stem: string, up: string, down: string): Promise<void> {
  await writeFile(join(directory, `${stem}.up.sql`), up);
  await writeFile(join(directory, `${stem}.down.sql`), down);
}

async function tables(): Promise<string[]> {
  const rows = await selectRows<{ name: string }>(
    clickhouse,
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND NOT startsWith(name, 'schema_migrations') ORDER BY name",
  );
  return rows.map(({ name }) => name);
}

const names = (migrations: readonly { name: string }[]) => migrations.map(({ name }) => name);

describe('up and down', () => {
  it('create the database, apply what is pending once, and take it back newest first', async () => {
    expect(names(await migrateUp(options))).toEqual(['first', 'second']);
    expect(await tables()).toEqual(['one', 'two']);
    expect(await migrateUp(options)).toEqual([]);
    expect(names(await migrateDown({ ...options, count: 1 }))).toEqual(['second']);
    expect(await migrationVersion(options)).toMatchObject({ version: 1, dirty: false });
    expect(names(await migrateDown({ ...options, count: 9 }))).toEqual(['first']);
    expect(await tables()).toEqual([]);
    expect(await migrationVersion(options)).toBeUndefined();
    expect(names(await migrateUp(options))).toEqual(['first', 'second']);
  });

  it('apply a migration that another branch put before the last one', async () => {
    await migration('0004_fourth', 'CREATE TABLE four (a UInt8) ENGINE = MergeTree ORDER BY a', 'DROP TABLE four');
    await migrateUp(options);
    await migration('0003_third', 'CREATE TABLE three (a UInt8) ENGINE = MergeTree ORDER BY a', 'DROP TABLE three');
    expect(names(await migrateUp(options))).toEqual(['third']);
  });

  it('at the same time in four processes, apply each migration once', async () => {
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrateUp(options)));
    expect(names(applied.flat()).toSorted()).toEqual(['first', 'second']);
  });

  it('give up with a sentence when another holds the lock for too long', async () => {
    await migrateUp(options);
    await clickhouse.command(
      "INSERT INTO schema_migrations_lock (claim, until, change) SELECT 'other', now64(3) + INTERVAL 1 HOUR, toUnixTimestamp64Nano(now64(9))",
    );
    await expect(migrateUp({ ...options, lockWaitMs: 0 })).rejects.toThrow(/another process is running migrations/);
  });
});

describe('what goes wrong', () => {
  it('a failed statement leaves the migration dirty, and the next up says how to go on', async () => {
    await migration(
      '0003_third',
      'CREATE TABLE three (a UInt8) ENGINE = MergeTree ORDER BY a; INSERT INTO three SELECT broken',
      'SELECT 1',
    );
    await expect(migrateUp(options)).rejects.toThrow(/^0003_third \(up\), statement 2: UNKNOWN_IDENTIFIER/);
    expect(await migrationVersion(options)).toMatchObject({ version: 3, dirty: true, statementsDone: 1 });
    await expect(migrateUp(options)).rejects.toThrow(
      /stopped after 1 statements: UNKNOWN_IDENTIFIER.*'migrate force 3'.*'migrate force 2'/,
    );
    await expect(migrateDown({ ...options, count: 1 })).rejects.toThrow(/migrate force/);

    await clickhouse.command('DROP TABLE three');
    await forceVersion({ ...options, version: 2 });
    expect(await migrationVersion(options)).toMatchObject({ version: 2, dirty: false });
    await migration('0003_third', 'CREATE TABLE three (a UInt8) ENGINE = MergeTree ORDER BY a', 'DROP TABLE three');
    expect(names(await migrateUp(options))).toEqual(['third']);
  });

  it('a statement that failed and may be done twice is tried again by the next up', async () => {
    await migration(
      '0003_third',
      'CREATE TABLE three (a UInt8) ENGINE = MergeTree ORDER BY a; CREATE VIEW four AS SELECT a FROM needed',
      'SELECT 1',
    );
    await expect(migrateUp(options)).rejects.toThrow(/^0003_third \(up\), statement 2:/);
    await expect(migrateUp(options)).rejects.toThrow(/^0003_third \(up\), statement 2:/);
    await clickhouse.command('CREATE TABLE needed (a UInt8) ENGINE = MergeTree ORDER BY a');
    expect(names(await migrateUp(options))).toEqual(['third']);
    expect(await tables()).toEqual(['four', 'needed', 'one', 'three', 'two']);
  });

  it('a step that nobody knows stops a migration before it begins', async () => {
    await migration('0003_third', 'CREATE TABLE three (a UInt8) ENGINE = Memory; RUN nonsense', 'SELECT 1');
    await expect(migrateUp(options)).rejects.toThrow(/RUN nonsense: there are copy_rows and read_again/);
    expect(await tables()).toEqual(['one', 'two']);
  });

  it('a process killed between two statements, or in one, is gone on from', async () => {
    await migrateUp(options);
    await migration(
      '0003_third',
      'CREATE TABLE a (x UInt8) ENGINE = Memory; CREATE TABLE b (x UInt8) ENGINE = Memory; CREATE TABLE c (x UInt8) ENGINE = Memory',
      'SELECT 1',
    );
    await clickhouse.command('CREATE TABLE a (x UInt8) ENGINE = Memory');
    await clickhouse.command('CREATE TABLE b (x UInt8) ENGINE = Memory');
    const { checksum } =
      (
        await import('../packages/store/src/migrations/migration-files.ts').then(({ readMigrations }) =>
          readMigrations(directory),
        )
      )[2] ?? {};
    await clickhouse.command(
      `INSERT INTO schema_migrations (version, name, checksum, dirty, direction, statements_done, failure, change, removed)
       SELECT 3, 'third', {checksum:String}, 1, 'up', 1, '', 1000, 0`,
      { checksum },
    );
    expect(names(await migrateUp(options))).toEqual(['third']);
    expect(await tables()).toEqual(['a', 'b', 'c', 'one', 'two']);
    expect(await migrationVersion(options)).toMatchObject({ version: 3, dirty: false });
  });

  it('a migration that was edited after it was applied is an error', async () => {
    await migrateUp(options);
    await migration('0001_first', 'CREATE TABLE one (a UInt16) ENGINE = MergeTree ORDER BY a', 'DROP TABLE one');
    await expect(migrateUp(options)).rejects.toThrow(/0001_first.up.sql was changed after it was applied/);
  });

  it('a database that is newer than the program is an error', async () => {
    await migrateUp(options);
    await rm(join(directory, '0002_second.up.sql'));
    await rm(join(directory, '0002_second.down.sql'));
    await expect(migrateUp(options)).rejects.toThrow(/migration 0002_second, which this program does not know/);
  });

  it('stray names, missing halves and numbers used twice are errors', async () => {
    await writeFile(join(directory, 'notes.sql'), '');
    await expect(migrateUp(options)).rejects.toThrow(/notes.sql is not named/);
    await rm(join(directory, 'notes.sql'));
    await writeFile(join(directory, '0003_third.up.sql'), '');
    await expect(migrateUp(options)).rejects.toThrow(/0003_third lacks its .down.sql/);
    await rm(join(directory, '0003_third.up.sql'));
    await migration('0002_again', 'SELECT 1', 'SELECT 1');
    await expect(migrateUp(options)).rejects.toThrow(/have the number 2/);
  });

  it('a wrong password is one sentence that names the user', async () => {
    const attempt = migrateUp({ ...options, connection: { ...connection, password: 'wrong' } });
    await expect(attempt).rejects.toBeInstanceOf(SetupStoreError);
    await expect(attempt).rejects.toThrow(
      /refuses the user 'migrations' \(AUTHENTICATION_FAILED\): check the user name and the password/,
    );
  });
});

describe('create', () => {
  it('writes a pair with the next number', async () => {
    const paths = await createMigration('add_tokens', directory);
    expect(paths.map((path) => path.slice(directory.length + 1))).toEqual([
      '0003_add_tokens.up.sql',
      '0003_add_tokens.down.sql',
    ]);
    await expect(createMigration('../x', directory)).rejects.toThrow(/name/);
  });
});

describe("the repository's own migrations", () => {
  const own = () => ({ connection, log: quietLog });

  it('go down to nothing, and up to what docs/schema.sql says', async () => {
    await createMigratedDatabase(connection); // of docs/schema.sql, which is quicker
    await migrateDown({ ...own(), count: 1_000 });
    expect(await tables()).toEqual([]);
    await migrateUp(own());
    expect(await dumpSchema(connection)).toBe(await readFile(join(import.meta.dirname, '../docs/schema.sql'), 'utf8'));
  });
});
