import type { ClickHouse } from '../clickhouse/types.ts';
import { type Codec, float64, string, uint64 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { type ColumnMatch, fieldExpressions, type SourceColumn, type WantedField } from './source-columns.ts';

/** A part of a table of the source, as ClickHouse keeps it: a stretch of work that can be done again by itself. */
export interface SourcePart {
  readonly name: string;
  readonly rows: number;
}

/** The columns of a table of the source, without aliases; empty when the table does not exist. */
export function sourceColumns(source: ClickHouse, table: string): Promise<SourceColumn[]> {
  return source.query(
    `SELECT name, type FROM system.columns
     WHERE database = currentDatabase() AND table = {table:String} AND default_kind != 'ALIAS' ORDER BY position`,
    shape({ name: string, type: string }),
    { table },
  );
}

/** The parts of a table of the source, by name; none when it is empty, or not a MergeTree. */
export function sourceParts(source: ClickHouse, table: string): Promise<SourcePart[]> {
  return source.query(
    `SELECT name, rows FROM system.parts
     WHERE database = currentDatabase() AND table = {table:String} AND active ORDER BY name`,
    shape({ name: string, rows: uint64 }),
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
export function readSource(source: ClickHouse, read: SourceRead): AsyncIterable<readonly SourceValues[]> {
  const { table, wanted, match, part, from, to } = read;
  const codecs: Record<string, Codec<string> | Codec<number>> = {};
  for (const [field, { as }] of Object.entries(wanted)) codecs[field] = as === 'text' ? string : float64;
  return source.stream(
    `SELECT ${fieldExpressions(wanted, match)} FROM \`${table}\` AS source
     WHERE _part = {part:String} AND _part_offset >= {from:UInt64} AND _part_offset < {to:UInt64}`,
    shape(codecs),
    { part, from, to },
    { timeoutMs: READ_TIMEOUT_MS },
  );
}

/** A text where the field is read as one, else a number. */
type SourceValues = Readonly<Record<string, string | number>>;

const READ_TIMEOUT_MS = 600_000;
