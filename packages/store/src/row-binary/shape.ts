import { AnswerFault } from '../errors.ts';
import type { Codec } from './codecs.ts';
import { type ColumnCodecs, snakeCase, type Table } from './table.ts';

/** A column of an answer. */
export interface AnswerColumn {
  readonly name: string;
  readonly type: string;
}

/** What the rows of an answer are: takes its columns, and gives what makes a row of their values. */
export type Shape<Row> = (columns: readonly AnswerColumn[]) => (values: readonly unknown[]) => Row;

/** A row of a table, or of an answer. */
export type RowOf<Described> = Described extends Table<infer Row> | Shape<infer Row> ? Readonly<Row> : never;

/**
 * Rows with these fields, in this order. A field in camelCase is a column in snake_case, as in a table.
 * The shape throws AnswerFault for columns of other names or types, and for a value that its codec doesn't accept.
 */
export function shape<Row extends object>(codecs: ColumnCodecs<Row>): Shape<Row> {
  const fields = Object.entries<Codec<unknown>>(codecs);
  const expected = describe(fields.map(([field, { type }]) => ({ name: snakeCase(field), type })));
  return (columns) => {
    const found = describe(columns);
    if (found !== expected) throw new AnswerFault(`ClickHouse answers (${found}) where (${expected}) is expected`);
    return (values) => {
      const row: Record<string, unknown> = {};
      let index = 0;
      for (const [field, codec] of fields) {
        const given = values[index++];
        const value = codec.fromJson === undefined ? given : codec.fromJson(given);
        if (!codec.accepts(value)) throw new AnswerFault(`ClickHouse's ${field} is not ${codec.expected}`);
        row[field] = value;
      }
      return row as Row;
    };
  };
}

/** A type with low cardinality has the values of the type itself, and an expression may lose it. */
function describe(columns: readonly AnswerColumn[]): string {
  return columns.map(({ name, type }) => `${name} ${type.replaceAll(/LowCardinality\((\w+)\)/g, '$1')}`).join(', ');
}
