import { quoteName } from '../clickhouse/quote.ts';
import { readCount } from '../clickhouse/read-value.ts';
import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { SetupStoreError } from '../errors.ts';
import { arrayOfStrings, string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';

export interface CopiedTable {
  readonly table: string;
  /** Rows that count, in the database that was copied and in this one. */
  readonly from: number;
  readonly to: number;
}

/** Longer than a partition of the largest table takes. */
const COPY: CallOptions = { timeoutMs: 86_400_000, settings: { throw_on_max_partitions_per_insert_block: 0 } };
const COUNT: CallOptions = { timeoutMs: 3_600_000 };

/**
 * Copies every table of another database of the same server, which nothing may write meanwhile, into this one, whose rows go where they
 * belong. The cursor comes last. Done again it changes nothing; interrupted, it is begun again.
 * @throws SetupStoreError when there is no such database, or it is of an earlier version.
 */
export async function* copyDatabase(clickhouse: ClickHouse, from: string): AsyncGenerator<CopiedTable> {
  for (const { table, columns } of await commonTables(clickhouse, from)) {
    const source = `${quoteName(from)}.${table}`;
    const list = columns.map(quoteName).join(', ');
    const partitions = await clickhouse.query(
      `SELECT DISTINCT _partition_id AS id FROM ${source} ORDER BY id`,
      shape({ id: string }),
      {},
      COUNT,
    );
    for (const { id } of partitions)
      await clickhouse.command(
        `INSERT INTO ${table} (${list}) SELECT ${list} FROM ${source} WHERE _partition_id = {id:String}`,
        { id },
        COPY,
      );
    yield { table, from: await countRows(clickhouse, source), to: await countRows(clickhouse, table) };
  }
}

/**
 * The tables whose rows replace each other. The others (likes of the last day by post, times of the hidden accounts' folds) are computed
 * again when they are needed. Views write the touched days of what is copied.
 */
async function commonTables(
  clickhouse: ClickHouse,
  from: string,
): Promise<readonly { readonly table: string; readonly columns: readonly string[] }[]> {
  const tables = await clickhouse.query(
    `SELECT table, groupArray(name) AS columns
     FROM (
       SELECT table, name FROM system.columns
       WHERE database = {rows:String} AND default_kind IN ('', 'DEFAULT')
         AND table IN (SELECT name FROM system.tables WHERE database = {rows:String} AND engine LIKE '%ReplacingMergeTree')
         AND (table, name) IN (SELECT table, name FROM system.columns WHERE database = {from:String})
       ORDER BY table, position
     )
     WHERE NOT startsWith(table, 'schema_migrations') AND table != 'touched_days'
     GROUP BY table ORDER BY table = 'ingest_progress', table`,
    shape({ table: string, columns: arrayOfStrings }),
    { rows: clickhouse.rowsDatabase, from },
  );
  const isOlder = tables.length > 0 && !tables.some(({ table }) => table === 'record_rows');
  if (isOlder)
    throw new SetupStoreError(`the database '${from}' is of an earlier version: migrate it first, as one server's`);
  if (tables.length > 0) return tables;
  throw new SetupStoreError(`there is no database '${from}' of Updraft's on this server`);
}

function countRows(clickhouse: ClickHouse, table: string): Promise<number> {
  return readCount(clickhouse, `SELECT count() AS value FROM ${table} FINAL`, {}, COUNT);
}
