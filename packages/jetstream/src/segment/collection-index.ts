/*
 * In: the last part of a footer. Out: the collections of the segment, how many rows each has, and which blocks hold it.
 * Layout: collections u32, blocks u32, bytes of a mask u32, decoded bytes u32, then a zstd frame: for each collection length u8, rows u32
 * and name; for each block a mask with a bit for each collection, in the same order, the lowest bit first.
 */

import { SegmentCorruptError } from '../errors.ts';
import type { SegmentHeader } from './header.ts';
import { MAX_COLLECTION_INDEX_BYTES, MAX_COLLECTIONS } from './limits.ts';
import { compress, decompress } from './zstd.ts';

export interface CollectionIndex {
  /** In the order in which they first came. */
  readonly collections: readonly { readonly name: string; readonly rowCount: number }[];
  /** For each block the bits of its collections. */
  readonly masks: readonly Uint8Array[];
}

const FRONT_BYTES = 16;

/** @throws SegmentCorruptError */
export function readCollectionIndex(bytes: Buffer, header: SegmentHeader): CollectionIndex {
  const at = header.collectionIndexOffset;
  if (bytes.length < FRONT_BYTES) throw new SegmentCorruptError('the file ends within its index of collections', at);
  const count = bytes.readUInt32LE(0);
  const maskBytes = bytes.readUInt32LE(8);
  const size = bytes.readUInt32LE(12);
  if (count > MAX_COLLECTIONS) throw new SegmentCorruptError(`it claims ${count} collections`, at);
  if (bytes.readUInt32LE(4) !== header.blockCount || maskBytes !== Math.ceil(count / 8)) {
    throw new SegmentCorruptError("its index of collections doesn't fit its blocks", at + 4);
  }
  if (size > MAX_COLLECTION_INDEX_BYTES)
    throw new SegmentCorruptError('its index of collections is too large', at + 12);
  const body = decompress(bytes.subarray(FRONT_BYTES), size, at + FRONT_BYTES);
  const { collections, end } = readNames(body, count, at);
  if (body.length !== size || end + header.blockCount * maskBytes !== size) {
    throw new SegmentCorruptError('its index of collections has another length than it claims', at + 12);
  }
  const masks = Array.from({ length: header.blockCount }, (_, block) =>
    body.subarray(end + block * maskBytes, end + (block + 1) * maskBytes),
  );
  return { collections, masks };
}

/** Whether a block holds rows of a collection that `wants` takes. */
export function blockHolds(index: CollectionIndex, block: number, wants: (collection: string) => boolean): boolean {
  const mask = index.masks[block];
  return index.collections.some(({ name }, i) => (((mask?.[i >> 3] ?? 0) >> (i & 7)) & 1) === 1 && wants(name));
}

function readNames(
  body: Buffer,
  count: number,
  at: number,
): { collections: CollectionIndex['collections']; end: number } {
  const collections: { name: string; rowCount: number }[] = [];
  let end = 0;
  for (let i = 0; i < count; i++) {
    const start = end + 5;
    const length = body[end] ?? 0;
    if (start + length > body.length) throw new SegmentCorruptError('its index of collections is cut short', at);
    collections.push({ name: body.toString('utf8', start, start + length), rowCount: body.readUInt32LE(end + 1) });
    end = start + length;
  }
  return { collections, end };
}

/** The index of blocks that hold so many rows of each collection; rows without a collection are in none. */
export function writeCollectionIndex(blocks: readonly ReadonlyMap<string, number>[]): Buffer {
  const totals = new Map<string, number>();
  for (const block of blocks) for (const [name, rows] of block) totals.set(name, (totals.get(name) ?? 0) + rows);
  const names = [...totals.keys()];
  const maskBytes = Math.ceil(names.length / 8);
  const masks = blocks.map((block) => {
    const mask = Buffer.alloc(maskBytes);
    for (const [i, name] of names.entries()) if (block.has(name)) mask[i >> 3] = (mask[i >> 3] ?? 0) | (1 << (i & 7));
    return mask;
  });
  const body = Buffer.concat([...names.map((name) => writeName(name, totals.get(name) ?? 0)), ...masks]);
  const front = Buffer.alloc(FRONT_BYTES);
  for (const [i, value] of [names.length, blocks.length, maskBytes, body.length].entries())
    front.writeUInt32LE(value, i * 4);
  return Buffer.concat([front, compress(body)]);
}

function writeName(name: string, rows: number): Buffer {
  const text = Buffer.from(name);
  const bytes = Buffer.alloc(5 + text.length);
  bytes.writeUInt8(text.length, 0);
  bytes.writeUInt32LE(rows, 1);
  text.copy(bytes, 5);
  return bytes;
}
