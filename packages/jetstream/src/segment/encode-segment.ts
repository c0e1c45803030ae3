/*
 * In: the rows of each block. Out: the bytes of a sealed segment, as a real server writes it.
 * Keeps: the checksum is over what was written; a block that was compacted keeps the bounds of its first version.
 */

import { encodeBlock } from './block.ts';
import { type BlockEntry, LENGTH_BYTES, writeBlockIndex } from './block-index.ts';
import { writeBlockBlooms, writeBloom } from './bloom.ts';
import { createChecksum } from './checksum.ts';
import { writeCollectionIndex } from './collection-index.ts';
import { CHECKED_FROM, HEADER_BYTES, writeChecksum, writeHeader } from './header.ts';
import { writeInt64 } from './numbers.ts';
import { type Bounds, boundsOf, joinBounds, type SegmentRow } from './row.ts';

/** The rows of a block in the order of their seqs; none is legal. */
export interface BlockRows {
  readonly rows: readonly SegmentRow[];
  /** Of the block before rows were taken out of it; without it those of its rows. */
  readonly bounds?: Bounds;
}

/** The whole file, and its checksum (16 hexadecimal digits, the ETag). */
export async function encodeSegment(
  blocks: readonly BlockRows[],
): Promise<{ readonly bytes: Buffer; readonly checksum: string }> {
  const parts: Buffer[] = [];
  const entries: BlockEntry[] = [];
  let offset = HEADER_BYTES;
  for (const { rows, bounds = boundsOf(rows) } of blocks) {
    const { frame, decodedBytes } = encodeBlock(rows);
    const length = Buffer.alloc(LENGTH_BYTES);
    writeInt64(length, frame.length, 0);
    parts.push(length, frame);
    entries.push({ ...bounds, offset, compressedBytes: frame.length, decodedBytes, rowCount: rows.length });
    offset += LENGTH_BYTES + frame.length;
  }
  const { header, footer } = encodeFrame(blocks, entries, offset);
  const checksum = await checksumOf(header, footer);
  writeChecksum(header, checksum);
  return { bytes: Buffer.concat([header, ...parts, footer]), checksum };
}

/** What stands around the blocks. */
function encodeFrame(
  blocks: readonly BlockRows[],
  entries: readonly BlockEntry[],
  footerOffset: number,
): { header: Buffer; footer: Buffer } {
  const accounts = blocks.map(({ rows }) => new Set(rows.flatMap(({ did }) => (did === '' ? [] : [did]))));
  const accountCount = new Set(accounts.flatMap((dids) => [...dids])).size;
  const index = writeBlockIndex(entries);
  const bloom = writeBloom(accountCount);
  const blockBlooms = writeBlockBlooms(accounts.map(({ size }) => size));
  const collectionIndex = writeCollectionIndex(blocks.map(({ rows }) => countCollections(rows)));
  const header = writeHeader({
    ...joinBounds(entries),
    blockCount: entries.length,
    rowCount: entries.reduce((sum, { rowCount }) => sum + rowCount, 0),
    accountCount,
    footerOffset,
    bloomOffset: footerOffset + index.length,
    blockBloomsOffset: footerOffset + index.length + bloom.length,
    collectionIndexOffset: footerOffset + index.length + bloom.length + blockBlooms.length,
  });
  return { header, footer: Buffer.concat([index, bloom, blockBlooms, collectionIndex]) };
}

function countCollections(rows: readonly SegmentRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { collection } of rows) {
    if (collection !== '') counts.set(collection, (counts.get(collection) ?? 0) + 1);
  }
  return counts;
}

async function checksumOf(header: Buffer, footer: Buffer): Promise<string> {
  const checksum = await createChecksum();
  checksum.update(header.subarray(CHECKED_FROM));
  checksum.update(footer);
  return checksum.digest();
}
