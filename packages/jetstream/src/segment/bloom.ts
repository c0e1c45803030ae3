/*
 * The Bloom filters over accounts: one of the segment, one of each block. A server plans with them; whoever reads rows needs none.
 * Known: version u8 = 1, hashes u32, lines u64, accounts u64, then 64 bytes a line, then CRC-32C of all that. Before the filters of the
 * blocks stand their number u32 and the bytes of each u32. Not known: which bits an account sets. So filters are skipped when a segment is
 * read, and are written with every bit set, which says "may be here" of every account and is never wrong.
 */

import { SegmentCorruptError } from '../errors.ts';
import type { SegmentHeader } from './header.ts';
import { writeInt64 } from './numbers.ts';

const VERSION = 1;
const HASHES = 7;
const LINE_BYTES = 64;
const FRONT_BYTES = 21;

/** A filter that lets every account through. */
export function writeBloom(accounts: number): Buffer {
  const bytes = Buffer.alloc(FRONT_BYTES + LINE_BYTES + 4, 0xff);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt32LE(HASHES, 1);
  writeInt64(bytes, 1, 5);
  writeInt64(bytes, accounts, 13);
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

/** The filters of all blocks, of which each holds so many accounts. */
export function writeBlockBlooms(accounts: readonly number[]): Buffer {
  const blooms = accounts.map(writeBloom);
  const front = Buffer.alloc(BLOCK_BLOOMS_FRONT_BYTES);
  front.writeUInt32LE(blooms.length, 0);
  front.writeUInt32LE(blooms[0]?.length ?? 0, 4);
  return Buffer.concat([front, ...blooms]);
}

export const BLOCK_BLOOMS_FRONT_BYTES = 8;

/** @throws SegmentCorruptError when the filters of the blocks don't fill their part of the footer. */
export function checkBlockBlooms(front: Buffer, header: SegmentHeader): void {
  const bytes = header.collectionIndexOffset - header.blockBloomsOffset;
  const count = front.length < BLOCK_BLOOMS_FRONT_BYTES ? undefined : front.readUInt32LE(0);
  const size = count === undefined ? 0 : front.readUInt32LE(4);
  if (count !== header.blockCount || BLOCK_BLOOMS_FRONT_BYTES + count * size !== bytes) {
    throw new SegmentCorruptError('the filters of its blocks have another size', header.blockBloomsOffset);
  }
}

/** Castagnoli's CRC, bit by bit: a filter has 85 bytes. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
