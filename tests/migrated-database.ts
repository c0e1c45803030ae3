import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClickHouse,
  type ClickHouseOptions,
  createClickHouse,
  ensureDatabase,
  forceVersion,
  MIGRATIONS_DIRECTORY,
  type StoreLog,
} from '@updraft/store';

export const quietLog: StoreLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What all migrations make on one server. */
export const SCHEMA_FILE = join(import.meta.dirname, '../docs/schema.sql');

/**
 * Makes a database as all migrations leave it, out of docs/schema.sql: a test holds that equal to what they make, and they take ten times as
 * long, for each of their statements is noted.
 */
export async function createMigratedDatabase(connection: ClickHouseOptions): Promise<void> {
  await createDatabaseOf(await readFile(SCHEMA_FILE, 'utf8'), connection, await lastVersion());
}

/** Makes a database as the migrations up to `version` leave it; `schema` is what dumpSchema() gave of one. */
export async function createDatabaseOf(schema: string, connection: ClickHouseOptions, version: number): Promise<void> {
  await ensureDatabase(connection);
  const clickhouse = createClickHouse(connection);
  const isTable = (statement: string) => /^CREATE TABLE /m.test(statement);
  const statements = schema.split(/;\n+/).filter((statement) => statement !== '');
  await createAll(clickhouse, statements.filter(isTable));
  await createAll(
    clickhouse,
    statements.filter((statement) => !isTable(statement)),
  );
  await clickhouse.close();
  await forceVersion({ connection, log: quietLog, version });
}

/** All at once, and again those that need one of the others. */
async function createAll(clickhouse: ClickHouse, statements: readonly string[]): Promise<void> {
  const results = await Promise.allSettled(statements.map((statement) => clickhouse.command(statement)));
  const left = statements.filter((_, index) => results[index]?.status === 'rejected');
  if (left.length === 0) return;
  if (left.length === statements.length) throw results.find((result) => result.status === 'rejected')?.reason;
  await createAll(clickhouse, left);
}

export async function lastVersion(): Promise<number> {
  const files = await readdir(MIGRATIONS_DIRECTORY);
  return Math.max(...files.map((file) => Number.parseInt(file, 10)).filter(Number.isInteger));
}
