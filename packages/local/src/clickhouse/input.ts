import { ClickHouseException, notSupported } from './errors.ts';
import { type InsertHead, readInsertHead } from './insert-statement.ts';

/** What a request asks for: a statement, or an INSERT with rows of any size behind it. */
export type Input = { readonly kind: 'statement'; readonly text: string } | InsertInput;

export interface InsertInput {
  readonly kind: 'insert';
  /** The text that `head` speaks of. */
  readonly text: string;
  readonly head: InsertHead;
  /** The beginning of the rows, and what follows it. */
  readonly first: Buffer;
  readonly rest: AsyncIterator<Buffer>;
}

export const MAX_STATEMENT_BYTES = 16 * 1024 * 1024;

// so much of a body is read before it is known whether it is the head of an INSERT
const HEAD_BYTES = 256 * 1024;

/**
 * Tells an INSERT with rows from every other statement, without reading its rows. As in ClickHouse, the statement may
 * stand in the URL (`query`), in the body, or begin in the one and go on in the other.
 */
export async function readInput(query: string, body: AsyncIterator<Buffer>): Promise<Input> {
  const inUrl = readInsertHead(query);
  if (inUrl !== undefined) {
    return { kind: 'insert', text: query, head: inUrl, first: Buffer.from(query.slice(inUrl.dataStart)), rest: body };
  }
  const start = await readUpTo(body, HEAD_BYTES, query === '' ? [] : [Buffer.from(`${query}\n`)]);
  // one character a byte, so that offsets are those of the bytes
  const inBody = readInsertHead(start.toString('latin1'));
  if (inBody !== undefined) return insertInBody(start, inBody, body);
  const whole = await readUpTo(body, MAX_STATEMENT_BYTES, [start]);
  if (whole.length > MAX_STATEMENT_BYTES) {
    throw new ClickHouseException(229, 'QUERY_IS_TOO_LARGE', `A statement has at most ${MAX_STATEMENT_BYTES} bytes.`);
  }
  return { kind: 'statement', text: whole.toString('utf8') };
}

function insertInBody(start: Buffer, { keptUntil, format, dataStart }: InsertHead, rest: AsyncIterator<Buffer>): Input {
  const text = `${start.toString('utf8', 0, keptUntil)} FORMAT ${format}`;
  const head = readInsertHead(text);
  if (head === undefined) throw notSupported('This form of INSERT');
  return { kind: 'insert', text, head, first: start.subarray(dataStart), rest };
}

/** Reads until more than `bytes` are there, or to the end. */
export async function readUpTo(body: AsyncIterator<Buffer>, bytes: number, held: Buffer[]): Promise<Buffer> {
  let length = held.reduce((sum, chunk) => sum + chunk.length, 0);
  while (length <= bytes) {
    const next = await body.next();
    if (next.done === true) break;
    held.push(next.value);
    length += next.value.length;
  }
  return held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
}
