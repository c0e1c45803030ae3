/*
 * In: the block index of a footer. Out: an entry for each block.
 * Keeps: blocks follow each other without overlap before the footer, and hold as many rows as the header claims.
 */

import { SegmentCorruptError } from '../errors.ts';
import { HEADER_BYTES, INDEX_ENTRY_BYTES, type SegmentHeader } from './header.ts';
import { MAX_BLOCK_BYTES, MAX_BLOCK_ROWS } from './limits.ts';
import { readInt64, readUint64, writeInt64 } from './numbers.ts';
import type { Bounds } from './row.ts';

/** Where a block stands in the file, and what it holds. */
export interface BlockEntry extends Bounds {
  /** Of the eight bytes of length before the frame. */
  readonly offset: number;
  /** Of the frame, without the length before it. */
  readonly compressedBytes: number;
  readonly decodedBytes: number;
  readonly rowCount: number;
}

/** Bytes before each frame: its length. */
export const LENGTH_BYTES = 8;

/** @throws SegmentCorruptError */
export function readBlockIndex(bytes: Buffer, header: SegmentHeader): BlockEntry[] {
  const entries: BlockEntry[] = [];
  let end = HEADER_BYTES;
  let rows = 0;
  for (let i = 0; i < header.blockCount; i++) {
    const entry = readEntry(bytes, i * INDEX_ENTRY_BYTES, header.footerOffset);
    const at = header.footerOffset + i * INDEX_ENTRY_BYTES;
    if (entry.offset < end) throw new SegmentCorruptError(`block ${i} overlaps what stands before it`, at);
    end = entry.offset + LENGTH_BYTES + entry.compressedBytes;
    if (end > header.footerOffset) throw new SegmentCorruptError(`block ${i} reaches into the footer`, at + 8);
    rows += entry.rowCount;
    entries.push(entry);
  }
  if (rows !== header.rowCount) {
    throw new SegmentCorruptError(`its blocks hold ${rows} rows, its header claims ${header.rowCount}`, 18);
  }
  return entries;
}

function readEntry(bytes: Buffer, offset: number, footerOffset: number): BlockEntry {
  const at = footerOffset + offset;
  const number = (from: number, read = readUint64): number => {
    const value = read(bytes, offset + from);
    if (value === undefined) throw new SegmentCorruptError('a number of the index is beyond 2^53', at + from);
    return value;
  };
  const entry: BlockEntry = {
    offset: number(0),
    compressedBytes: bytes.readUInt32LE(offset + 8),
    decodedBytes: bytes.readUInt32LE(offset + 12),
    rowCount: bytes.readUInt32LE(offset + 16),
    minSeq: number(20),
    maxSeq: number(28),
    minWitnessedAt: number(36, readInt64),
    maxWitnessedAt: number(44, readInt64),
  };
  if (entry.rowCount > MAX_BLOCK_ROWS) throw new SegmentCorruptError(`a block claims ${entry.rowCount} rows`, at + 16);
  if (entry.decodedBytes > MAX_BLOCK_BYTES) {
    throw new SegmentCorruptError(`a block claims ${entry.decodedBytes} bytes`, at + 12);
  }
  if (entry.minSeq > entry.maxSeq)
    throw new SegmentCorruptError("a block's smallest seq is above its largest", at + 20);
  return entry;
}

export function writeBlockIndex(entries: readonly BlockEntry[]): Buffer {
  const bytes = Buffer.alloc(entries.length * INDEX_ENTRY_BYTES);
  for (const [i, entry] of entries.entries()) {
    const offset = i * INDEX_ENTRY_BYTES;
    writeInt64(bytes, entry.offset, offset);
    bytes.writeUInt32LE(entry.compressedBytes, offset + 8);
    bytes.writeUInt32LE(entry.decodedBytes, offset + 12);
    bytes.writeUInt32LE(entry.rowCount, offset + 16);
    writeInt64(bytes, entry.minSeq, offset + 20);
    writeInt64(bytes, entry.maxSeq, offset + 28);
    writeInt64(bytes, entry.minWitnessedAt, offset + 36);
    writeInt64(bytes, entry.maxWitnessedAt, offset + 44);
  }
  return bytes;
}
