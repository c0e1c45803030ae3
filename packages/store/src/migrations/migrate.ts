import { createClickHouse } from '../clickhouse/client.ts';
import { quoteName, quoteText } from '../clickhouse/quote.ts';
import { readCount } from '../clickhouse/read-value.ts';
import { rowsDatabaseOf } from '../clickhouse/servers.ts';
import type { ClickHouse, ClickHouseOptions } from '../clickhouse/types.ts';
import { checkCluster, checkTables } from '../cluster/check.ts';
import { MigrationError } from '../errors.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { acquireLock, type MigrationLock } from './lock.ts';
import { MIGRATIONS_DIRECTORY, readMigrations, stemOf } from './migration-files.ts';
import { runStatements } from './run-statements.ts';
import type { StepProgress } from './run-steps/step.ts';
import { migrationsToTakeBack, pendingMigrations } from './state.ts';
import { type MigrationTarget, openTarget } from './target.ts';
import type { AppliedMigration, MigrateOptions, Migration } from './types.ts';

const LOCK_WAIT_MS = 60_000;
const SLICE_ROWS = 500_000;
const SLICE_MEMORY = 3_000_000_000;

/** Creates the database when it is missing and applies what is pending, in order. Gives what it applied. @throws MigrationError, SetupStoreError, … */
export async function migrateUp(options: MigrateOptions): Promise<Migration[]> {
  await ensureDatabase(options.connection);
  return underLock(options, async (context) => {
    const pending = pendingMigrations(context.files, await context.ledger.read());
    for (const { migration, from, resumed } of pending) {
      options.log.info({ migration: stemOf(migration) }, resumed ? 'going on with' : 'applying');
      await runStatements({ ...context, migration, direction: 'up', from, resumed });
    }
    return pending.map(({ migration }) => migration);
  });
}

/** Takes back the last `count` migrations, newest first. Gives what it took back. */
export function migrateDown(options: MigrateOptions & { count: number }): Promise<Migration[]> {
  return underLock(options, async (context) => {
    const last = migrationsToTakeBack(context.files, await context.ledger.read(), options.count);
    for (const { migration, from, resumed } of last) {
      options.log.info({ migration: stemOf(migration) }, resumed ? 'going on to take back' : 'taking back');
      await runStatements({ ...context, migration, direction: 'down', from, resumed });
    }
    return last.map(({ migration }) => migration);
  });
}

/** The newest migration that was begun, or undefined where none was. */
export async function migrationVersion(options: MigrateOptions): Promise<AppliedMigration | undefined> {
  const { connection, directory = MIGRATIONS_DIRECTORY } = options;
  await using target = await openTarget(connection, await readMigrations(directory), directory);
  const ledger = createLedger(target.keeper);
  await ledger.prepare();
  return (await ledger.read()).at(-1);
}

/**
 * Declares that the database is at `version` (0: before all), even after a migration that stopped half-way. Runs nothing. All migrations
 * up to it count as applied with their present checksums, all after it as not applied.
 */
export function forceVersion(options: MigrateOptions & { version: number }): Promise<void> {
  return underLock(options, async ({ ledger, files }) => {
    if (options.version !== 0) fileOf(files, options.version);
    for (const row of await ledger.read()) if (row.version > options.version) await ledger.remove(row);
    const applied = { dirty: false, direction: 'force', statementsDone: 0, failure: '' };
    const upToIt = files.filter((file) => file.version <= options.version);
    await Promise.all(
      upToIt.map(({ version, name, checksum }) => ledger.write({ version, name, checksum, ...applied })),
    );
  });
}

/**
 * Creates the connection's database, engine Atomic, unless it exists: a user without that right can do the rest. On a cluster, on each
 * server, with that of the rows beside it.
 */
export async function ensureDatabase(connection: ClickHouseOptions): Promise<void> {
  const { cluster, database } = connection;
  await checkCluster(connection);
  const names = cluster === undefined ? [database] : [database, rowsDatabaseOf(database)];
  const addresses = cluster === undefined || cluster.isReplicated ? [connection.address] : cluster.servers;
  const onCluster = cluster?.isReplicated === true ? ` ON CLUSTER ${quoteText(cluster.name)}` : '';
  for (const address of addresses) {
    await using clickhouse = disposable({ ...connection, address, database: 'system', cluster: undefined });
    for (const name of names) {
      const sql = 'SELECT count() AS value FROM databases WHERE name = {name:String}';
      if ((await readCount(clickhouse.client, sql, { name })) > 0) continue;
      await clickhouse.client.command(`CREATE DATABASE IF NOT EXISTS ${quoteName(name)}${onCluster} ENGINE = Atomic`);
    }
  }
}

interface Context {
  target: MigrationTarget;
  ledger: Ledger;
  lock: MigrationLock;
  files: Migration[];
  statementTimeoutMs: number | undefined;
  progress: StepProgress;
  signal: AbortSignal | undefined;
  sliceRows: number;
  sliceMemory: number;
}

async function underLock<T>(options: MigrateOptions, run: (context: Context) => Promise<T>): Promise<T> {
  const { directory = MIGRATIONS_DIRECTORY, connection, statementTimeoutMs } = options;
  const files = await readMigrations(directory);
  await using target = await openTarget(connection, files, directory);
  for (const database of target.databases) await checkTables(database);
  const ledger = createLedger(target.keeper);
  await ledger.prepare();
  await using lock = await acquireLock({
    clickhouse: target.keeper,
    waitMs: options.lockWaitMs ?? LOCK_WAIT_MS,
    signal: options.signal,
  });
  const progress = { log: options.log, report: options.onProgress ?? (() => {}) };
  const { signal, sliceRows = SLICE_ROWS, sliceMemory = SLICE_MEMORY } = options;
  return await run({ target, ledger, lock, files, statementTimeoutMs, progress, signal, sliceRows, sliceMemory });
}

function fileOf(files: readonly Migration[], version: number): Migration {
  const file = files.find((migration) => migration.version === version);
  if (file === undefined) throw new MigrationError(`there is no migration ${version}`);
  return file;
}

function disposable(connection: ClickHouseOptions): AsyncDisposable & { client: ClickHouse } {
  const client = createClickHouse(connection);
  return { client, [Symbol.asyncDispose]: () => client.close() };
}
