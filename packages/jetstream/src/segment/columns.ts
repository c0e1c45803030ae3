/*
 * In: the body of a block, decompressed. Out: its rows, one at a time.
 * Keeps: every length is checked against the body before a row is made, so that rowAt() can't fail, and payloads are views, not copies.
 * Layout: count u32; columns seq u64, witnessed i64, indexed i64, kind u8, collection length u8, did length u16, rkey length u8, rev length
 * u8, payload length u32; then the collections, dids, rkeys, revs and payloads, each without gaps.
 */

import { isAscii } from 'node:buffer';
import { SegmentCorruptError } from '../errors.ts';
import { MAX_BLOCK_ROWS } from './limits.ts';
import { readInt64, readUint64, writeInt64 } from './numbers.ts';
import type { SegmentRow } from './row.ts';

/** The rows of a block, as columns. */
export interface Columns {
  readonly rowCount: number;
  rowAt(row: number): SegmentRow;
}

const COUNT_BYTES = 4;
/** Of one row, before the texts. */
const FIXED_BYTES = 34;

/** @throws SegmentCorruptError with the offset in the body; `block` is the block's number. */
export function readColumns(body: Buffer, block: number): Columns {
  const corrupt = (reason: string, offset: number): never => {
    throw new SegmentCorruptError(reason, offset, { block });
  };
  if (body.length < COUNT_BYTES) return corrupt('it ends within its count', body.length);
  const rowCount = body.readUInt32LE(0);
  if (rowCount > MAX_BLOCK_ROWS) return corrupt(`it claims ${rowCount} rows`, 0);
  if (COUNT_BYTES + rowCount * FIXED_BYTES > body.length) return corrupt(`it is too short for ${rowCount} rows`, 0);
  const [seqs, witnessed, indexed, kinds] = [0, 8, 16, 24].map((width) => COUNT_BYTES + rowCount * width) as Four;
  const number = (offset: number, read: typeof readInt64): number =>
    read(body, offset) ?? corrupt('a number is beyond 2^53', offset);
  const integers = new Float64Array(rowCount * 3);
  for (let i = 0; i < rowCount; i++) {
    integers[i * 3] = number(seqs + i * 8, readUint64);
    integers[i * 3 + 1] = number(witnessed + i * 8, readInt64);
    integers[i * 3 + 2] = number(indexed + i * 8, readInt64);
  }
  const texts = readTexts(body, rowCount, corrupt);
  const [collection, did, rkey, rev, payload] = texts;
  const textAt = createTextReader(body, collection[0] ?? 0, payload[0] ?? 0);
  return {
    rowCount,
    rowAt: (row) => ({
      seq: integers[row * 3] ?? 0,
      witnessedAt: integers[row * 3 + 1] ?? 0,
      indexedAt: integers[row * 3 + 2] ?? 0,
      kind: body[kinds + row] ?? 0,
      collection: textAt(collection, row),
      did: textAt(did, row),
      rkey: textAt(rkey, row),
      rev: textAt(rev, row),
      payload: body.subarray(payload[row], payload[row + 1]),
    }),
  };
}

type Four = [number, number, number, number];
/** Where each text of a column begins, and where the last one ends. */
type Starts = Uint32Array;

/** Bytes of each length, in the order of the columns. */
const LENGTH_WIDTHS = [1, 2, 1, 1, 4] as const;

function readTexts(
  body: Buffer,
  rowCount: number,
  corrupt: (reason: string, offset: number) => never,
): [Starts, Starts, Starts, Starts, Starts] {
  let lengths = COUNT_BYTES + rowCount * 25;
  let end = COUNT_BYTES + rowCount * FIXED_BYTES;
  const columns = LENGTH_WIDTHS.map((width) => {
    const starts = new Uint32Array(rowCount + 1);
    for (let i = 0; i < rowCount; i++) {
      starts[i] = end;
      end += body.readUIntLE(lengths + i * width, width);
      if (end > body.length) corrupt('a text reaches beyond its end', lengths + i * width);
    }
    starts[rowCount] = end;
    lengths += rowCount * width;
    return starts;
  });
  if (end !== body.length) corrupt(`${body.length - end} bytes are left behind its rows`, end);
  return columns as [Starts, Starts, Starts, Starts, Starts];
}

/** Identifiers are ASCII, and pieces of one string cost a tenth of strings from bytes. What else may stand there is UTF-8. */
function createTextReader(body: Buffer, start: number, end: number): (starts: Starts, row: number) => string {
  if (end - start > MAX_TEXT_BYTES || !isAscii(body.subarray(start, end))) {
    return (starts, row) => body.toString('utf8', starts[row], starts[row + 1]);
  }
  const text = body.toString('latin1', start, end);
  return (starts, row) => text.slice((starts[row] ?? 0) - start, (starts[row + 1] ?? 0) - start);
}

const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** The body of a block. @throws RangeError for a text that is longer than its column holds. */
export function writeColumns(rows: readonly SegmentRow[]): Buffer {
  const texts = [
    rows.map(({ collection }) => Buffer.from(collection)),
    rows.map(({ did }) => Buffer.from(did)),
    rows.map(({ rkey }) => Buffer.from(rkey)),
    rows.map(({ rev }) => Buffer.from(rev)),
    rows.map(({ payload }) => payload),
  ];
  const fixed = Buffer.alloc(COUNT_BYTES + rows.length * FIXED_BYTES);
  fixed.writeUInt32LE(rows.length, 0);
  let at = COUNT_BYTES;
  for (const { seq } of rows) writeInt64(fixed, seq, (at += 8) - 8);
  for (const { witnessedAt } of rows) writeInt64(fixed, witnessedAt, (at += 8) - 8);
  for (const { indexedAt } of rows) writeInt64(fixed, indexedAt, (at += 8) - 8);
  for (const { kind } of rows) at = fixed.writeUInt8(kind, at);
  for (const [i, width] of LENGTH_WIDTHS.entries()) {
    for (const text of texts[i] ?? []) at = fixed.writeUIntLE(text.length, at, width);
  }
  return Buffer.concat([fixed, ...texts.flat()]);
}
