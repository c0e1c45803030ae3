import { quoteName } from '../clickhouse/quote.ts';

/**
 * The statements of a back-up, in their order. The cursor comes first, by itself: a back-up looks at one table after the other while rows
 * come in, and a cursor that is older than the rows only makes the indexer read a stretch again, one that is newer loses it.
 * `placeOf`: a name as ClickHouse's place for it, such as File('monday').
 */
export function backupStatements(database: string, placeOf: (part: string) => string): string[] {
  const db = quoteName(database);
  return [
    `BACKUP TABLE ${db}.ingest_progress TO ${placeOf('cursor')}`,
    `BACKUP DATABASE ${db} EXCEPT TABLES ${db}.ingest_progress TO ${placeOf('tables')}`,
  ];
}

/** The statements that bring it back, into a database that does not exist; the cursor last, so that a half restored one has none. */
export function restoreStatements(database: string, placeOf: (part: string) => string): string[] {
  const db = quoteName(database);
  return [
    `RESTORE DATABASE ${db} FROM ${placeOf('tables')}`,
    `RESTORE TABLE ${db}.ingest_progress FROM ${placeOf('cursor')}`,
  ];
}
