import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseOptions, forceVersion, MIGRATIONS_DIRECTORY, migrateUp } from '@updraft/store';
import { lastVersion, quietLog, SCHEMA_FILE } from '../migrated-database.ts';

/**
 * Makes a database over the servers of a cluster as all migrations leave it, out of docs/schema.sql, by one migration that has its statements:
 * they are a third of what all migrations run.
 */
export async function createShardedDatabase(connection: ClickHouseOptions): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'updraft-one-migration-'));
  try {
    await cp(join(MIGRATIONS_DIRECTORY, 'sharding.yaml'), join(directory, 'sharding.yaml'));
    await writeFile(join(directory, '0001_all.down.sql'), '');
    await writeFile(join(directory, '0001_all.up.sql'), inOrder(await readFile(SCHEMA_FILE, 'utf8')));
    await migrateUp({ connection, log: quietLog, directory });
  } finally {
    await rm(directory, { recursive: true });
  }
  await forceVersion({ connection, log: quietLog, version: await lastVersion() });
}

const CREATED = /^CREATE (TABLE|(?:MATERIALIZED )?VIEW|DICTIONARY) (\w+)/m;
/** ClickHouse tells a view's columns before its query, where no migration does. */
const COLUMNS_OF_VIEW = /^(CREATE MATERIALIZED VIEW \w+ TO \w+)\n\([^;]*?\n\)\nAS /m;

/** The tables first, and each view or dictionary after those that it reads. */
function inOrder(schema: string): string {
  const statements = schema
    .split(/;\n+/)
    .filter((statement) => statement !== '')
    .map((statement) => statement.replace(COLUMNS_OF_VIEW, '$1 AS '));
  const kindOf = (statement: string): string => CREATED.exec(statement)?.[1] ?? '';
  const readers = statements.filter((statement) => kindOf(statement) !== 'TABLE');
  const byName = new Map(readers.map((statement) => [CREATED.exec(statement)?.[2] ?? '', statement]));
  const ordered = new Set(statements.filter((statement) => kindOf(statement) === 'TABLE'));
  const take = (statement: string, above: ReadonlySet<string>): void => {
    if (ordered.has(statement) || above.has(statement)) return;
    for (const [word] of statement.matchAll(/\w+/g)) {
      const read = byName.get(word);
      if (read !== undefined) take(read, new Set([...above, statement]));
    }
    ordered.add(statement);
  };
  for (const statement of readers) take(statement, new Set());
  return `${[...ordered].join(';\n\n')};\n`;
}
