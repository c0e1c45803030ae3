import { quoteName } from '../clickhouse/quote.ts';
import type { ClickHouse } from '../clickhouse/types.ts';

/** The databases of one back-up: on each server of a cluster, also that of the rows. */
type Databases = Pick<ClickHouse, 'database' | 'rowsDatabase'>;

/**
 * The statements of a back-up, in their order; on a cluster each runs on every server before the next. The cursor comes first, by itself: a
 * back-up copies one table after the other while rows come in. A cursor that is older than the rows only makes the indexer read a stretch
 * again; one that is newer loses that stretch. `placeOf` gives ClickHouse's destination for a name, such as File('monday').
 */
export function backupStatements({ database, rowsDatabase }: Databases, placeOf: (part: string) => string): string[] {
  const [db, rows] = [quoteName(database), quoteName(rowsDatabase)];
  const tables = `BACKUP DATABASE ${rows} EXCEPT TABLES ${rows}.ingest_progress TO ${placeOf('tables')}`;
  const cursor = `BACKUP TABLE ${rows}.ingest_progress TO ${placeOf('cursor')}`;
  if (database === rowsDatabase) return [cursor, tables];
  return [cursor, tables, `BACKUP DATABASE ${db} TO ${placeOf('views')}`];
}

/** The statements that restore it into a database that does not exist yet; the cursor last, so that a half restored one has none. */
export function restoreStatements({ database, rowsDatabase }: Databases, placeOf: (part: string) => string): string[] {
  const [db, rows] = [quoteName(database), quoteName(rowsDatabase)];
  const tables = `RESTORE DATABASE ${rows} FROM ${placeOf('tables')}`;
  const cursor = `RESTORE TABLE ${rows}.ingest_progress FROM ${placeOf('cursor')}`;
  if (database === rowsDatabase) return [tables, cursor];
  return [tables, `RESTORE DATABASE ${db} FROM ${placeOf('views')}`, cursor];
}
