import { randomUUID } from 'node:crypto';
import { RefusedQueryError } from '../errors.ts';
import { createBlock } from '../row-binary/block.ts';
import { string } from '../row-binary/codecs.ts';
import { type ColumnCodecs, defineTable } from '../row-binary/table.ts';
import type { QueryParams } from './types.ts';

/**
 * Rows of any number that a statement reads as a table of its own: ClickHouse's external data. A parameter may have 128 KiB at most
 * (`http_max_field_value_size`), and a list of 4,000 DIDs is longer.
 * https://clickhouse.com/docs/en/engines/table-engines/special/external-data
 */
export interface List {
  /** What the statement calls it: `did IN given_dids`. */
  readonly name: string;
  /** Its columns with their types. */
  readonly structure: string;
  /** RowBinary. */
  readonly rows: Uint8Array;
}

/** @throws RowFault when a value does not fit its column. */
export function createList<Row extends object>(
  name: string,
  codecs: ColumnCodecs<Row>,
  rows: Iterable<NoInfer<Row>>,
): List {
  const table = defineTable(name, codecs);
  const block = createBlock(table);
  for (const row of rows) block.append(row);
  return {
    name,
    structure: table.columns.map((column) => `${column.name} ${column.type}`).join(', '),
    rows: block.slice(0, block.rows),
  };
}

/** Accounts, as `given_dids`. */
export function didList(dids: readonly string[]): List {
  return createList(
    'given_dids',
    { did: string },
    dids.map((did) => ({ did })),
  );
}

/** `http_max_field_value_size` of a server. */
const MAX_PARAMETER_BYTES = 128 * 1024;

/** @throws RefusedQueryError for a parameter that is too long for a server, which says what to do. */
export function requireShortParams(params: QueryParams): void {
  for (const [name, value] of Object.entries(params)) {
    if (lengthOf(value) <= MAX_PARAMETER_BYTES) continue;
    throw new RefusedQueryError(`the parameter ${name} is longer than ${MAX_PARAMETER_BYTES} bytes: send it as a list`);
  }
}

/** The least number of bytes that it takes in a form. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? value.reduce<number>((sum, item) => sum + lengthOf(item) + "'',".length, 0) : 1;
}

/** A body that brings the lists, and the type that says so. */
export interface ListsBody {
  readonly contentType: string;
  readonly chunks: readonly Uint8Array[];
}

/** The statement itself goes in the URL, as that of an insert does. */
export function listsBody(lists: readonly List[]): ListsBody {
  const boundary = randomUUID();
  const text = new TextEncoder();
  const part = (disposition: string) =>
    text.encode(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`);
  const field = (name: string, value: string) => [part(`name="${name}"`), text.encode(`${value}\r\n`)];
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    chunks: [
      // A server reads a list as soon as it comes, so its structure and format come first.
      ...lists.flatMap(({ name, structure }) => [
        ...field(`${name}_structure`, structure),
        ...field(`${name}_format`, 'RowBinary'),
      ]),
      ...lists.flatMap(({ name, rows }) => [part(`name="${name}"; filename="${name}"`), rows, text.encode('\r\n')]),
      text.encode(`--${boundary}--\r\n`),
    ],
  };
}
