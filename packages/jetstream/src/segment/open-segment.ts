/*
 * In: a segment's file. Out: what it holds, and each block's frame when it is asked for.
 * Keeps: nothing is believed before the checksum over header and footer is right; memory holds the indexes only.
 */

import { SegmentCorruptError } from '../errors.ts';
import { decodeBlock } from './block.ts';
import { type BlockEntry, LENGTH_BYTES, readBlockIndex } from './block-index.ts';
import { BLOCK_BLOOMS_FRONT_BYTES, checkBlockBlooms } from './bloom.ts';
import { createChecksum } from './checksum.ts';
import { type CollectionIndex, readCollectionIndex } from './collection-index.ts';
import type { Columns } from './columns.ts';
import { CHECKED_FROM, HEADER_BYTES, readHeader, type SegmentHeader } from './header.ts';
import { readUint64 } from './numbers.ts';
import type { SegmentFile } from './segment-file.ts';

export interface Segment {
  readonly header: SegmentHeader;
  readonly blocks: readonly BlockEntry[];
  readonly collectionIndex: CollectionIndex;
  /** The zstd frame of a block. @throws SegmentCorruptError */
  frame(block: number): Promise<Buffer>;
  /** The rows of a block. @throws SegmentCorruptError */
  rows(block: number): Promise<Columns>;
}

/** Reads and checks all but the blocks. @throws SegmentCorruptError */
export async function openSegment(file: SegmentFile): Promise<Segment> {
  const front = await file.read(0, HEADER_BYTES);
  const header = readHeader(front, file.size);
  const { footerOffset, bloomOffset, blockBloomsOffset, collectionIndexOffset } = header;
  const sum = await checksumOf(file, front, footerOffset);
  if (sum !== header.checksum) throw new SegmentCorruptError(`its checksum is ${sum}, not ${header.checksum}`, 4);
  const blocks = readBlockIndex(await file.read(footerOffset, bloomOffset - footerOffset), header);
  checkBlockBlooms(await file.read(blockBloomsOffset, BLOCK_BLOOMS_FRONT_BYTES), header);
  const collectionBytes = await file.read(collectionIndexOffset, file.size - collectionIndexOffset);
  const collectionIndex = readCollectionIndex(collectionBytes, header);
  const frame = (block: number): Promise<Buffer> => readFrame(file, entryOf(blocks, block), block);
  return {
    header,
    blocks,
    collectionIndex,
    frame,
    rows: async (block) => decodeBlock(await frame(block), block, entryOf(blocks, block)),
  };
}

const CHUNK_BYTES = 1024 * 1024;

async function checksumOf(file: SegmentFile, header: Buffer, footerOffset: number): Promise<string> {
  const checksum = await createChecksum();
  checksum.update(header.subarray(CHECKED_FROM));
  for (let offset = footerOffset; offset < file.size; offset += CHUNK_BYTES) {
    checksum.update(await file.read(offset, CHUNK_BYTES));
  }
  return checksum.digest();
}

function entryOf(blocks: readonly BlockEntry[], block: number): BlockEntry {
  const entry = blocks[block];
  if (entry === undefined) throw new RangeError(`the segment has ${blocks.length} blocks, none is number ${block}`);
  return entry;
}

async function readFrame(file: SegmentFile, entry: BlockEntry, block: number): Promise<Buffer> {
  const bytes = await file.read(entry.offset, LENGTH_BYTES + entry.compressedBytes);
  if (bytes.length !== LENGTH_BYTES + entry.compressedBytes || readUint64(bytes, 0) !== entry.compressedBytes) {
    throw new SegmentCorruptError(`block ${block} has another length than its index claims`, entry.offset);
  }
  return bytes.subarray(LENGTH_BYTES);
}
