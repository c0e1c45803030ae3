import type { ClickHouse } from '../clickhouse/types.ts';
import { type ColumnMatch, fieldExpressions, type SourceColumn, type WantedField } from './source-columns.ts';

/** A part of a table of the source, as ClickHouse keeps it: a stretch of work that can be done again by itself. */
export interface SourcePart {
  readonly name: string;
  readonly rows: number;
}

/** The columns of a table of the source, without aliases; empty when there is no such table. */
export function sourceColumns(source: ClickHouse, table: string): Promise<SourceColumn[]> {
  return source.query<SourceColumn>(
    `SELECT name, type FROM system.columns
     WHERE database = currentDatabase() AND table = {table:String} AND default_kind != 'ALIAS' ORDER BY position`,
    { table },
  );
}

/** The parts of a table of the source, by name; none when it is empty, or no MergeTree. */
export function sourceParts(source: ClickHouse, table: string): Promise<SourcePart[]> {
  return source.query<SourcePart>(
    `SELECT name, toFloat64(rows) AS rows FROM system.parts
     WHERE database = currentDatabase() AND table = {table:String} AND active ORDER BY name`,
    { table },
  );
}

export interface SourceRead {
  readonly table: string;
  readonly wanted: Readonly<Record<string, WantedField>>;
  readonly match: ColumnMatch;
  readonly part: string;
  /** Rows of the part, from … to before. */
  readonly from: number;
  readonly to: number;
}

/** Rows of a stretch of a part, with the fields under their own names. */
export function readSource<Row>(source: ClickHouse, read: SourceRead): AsyncIterable<readonly Row[]> {
  const { table, wanted, match, part, from, to } = read;
  return source.stream<Row>(
    `SELECT ${fieldExpressions(wanted, match)} FROM \`${table}\` AS source
     WHERE _part = {part:String} AND _part_offset >= {from:UInt64} AND _part_offset < {to:UInt64}`,
    { part, from, to },
    { timeoutMs: READ_TIMEOUT_MS },
  );
}

const READ_TIMEOUT_MS = 600_000;
