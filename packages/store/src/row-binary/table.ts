import { RowFault } from '../errors.ts';
import type { Codec } from './codecs.ts';
import { createRowBinaryReader } from './reader.ts';
import { createRowBinaryWriter, type RowBinaryWriter, writeLength, writeString, writtenBytes } from './writer.ts';

/** A table's columns in the order of encoding, and how a row of it becomes RowBinary. */
export interface Table<Row> {
  readonly name: string;
  readonly codecs: ColumnCodecs<Row>;
  /** `name` is the column's (snake_case), `field` the row's (camelCase). */
  readonly columns: readonly { readonly name: string; readonly type: string; readonly field: string }[];
  /** The header of RowBinaryWithNamesAndTypes: column count, names, types. */
  readonly header: Uint8Array;
  /** Appends the row; @throws RowFault naming the field when a value does not fit its column (what was written of the row is taken back). */
  encode(row: Row, into: RowBinaryWriter): void;
  /** The row that starts at byte `start`. */
  decode(bytes: Uint8Array, start: number): Row;
}

/** One codec a field. The order of the keys is the order of the columns on the wire. */
export type ColumnCodecs<Row> = { readonly [Field in keyof Row]-?: Codec<Row[Field]> };

/** Describes a table once: field names in camelCase are the columns' names in snake_case. */
export function defineTable<Row extends object>(name: string, codecs: ColumnCodecs<Row>): Table<Row> {
  const fields = Object.keys(codecs) as (keyof Row & string)[];
  const columns = fields.map((field) => ({ name: snakeCase(field), type: codecs[field].type, field }));
  const list = fields.map((field) => codecs[field] as Codec<Row[typeof field]>);
  return {
    name,
    codecs,
    columns,
    header: headerOf(columns),
    encode: (row, into) => {
      const start = into.position;
      // By index: this loop is the indexer's hottest.
      for (let i = 0; i < list.length; i++) {
        const codec = list[i] as (typeof list)[number];
        const field = fields[i] as (typeof fields)[number];
        const value = row[field];
        if (!codec.accepts(value)) {
          into.position = start;
          throw new RowFault(name, field, codec.expected, value);
        }
        codec.write(into, value);
      }
    },
    decode: (bytes, start) => {
      const reader = createRowBinaryReader(bytes, start);
      return Object.fromEntries(fields.map((field) => [field, codecs[field].read(reader)])) as Row;
    },
  };
}

/** The descriptions of some of a table's columns, in this order. */
export function pick<Row extends object, Field extends keyof Row & string>(
  { codecs }: Table<Row>,
  ...fields: readonly Field[]
): ColumnCodecs<Pick<Row, Field>> {
  return Object.fromEntries(fields.map((field) => [field, codecs[field]])) as ColumnCodecs<Pick<Row, Field>>;
}

/** The columns that a table's rows are read from, as SQL. */
export function columnList(table: Pick<Table<never>, 'columns'>): string {
  return table.columns.map(({ name }) => name).join(', ');
}

/** recordHour → record_hour. */
export function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function headerOf(columns: readonly { name: string; type: string }[]): Uint8Array {
  const writer = createRowBinaryWriter(1024);
  writeLength(writer, columns.length);
  for (const { name } of columns) writeString(writer, name);
  for (const { type } of columns) writeString(writer, type);
  return Uint8Array.from(writtenBytes(writer));
}
