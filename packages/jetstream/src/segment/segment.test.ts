import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SegmentCorruptError } from '../errors.ts';
import { blockHolds } from './collection-index.ts';
import { type BlockRows, encodeSegment } from './encode-segment.ts';
import { openSegment } from './open-segment.ts';
import type { SegmentRow } from './row.ts';
import { anyRow, likeRow } from './rows.fixture.ts';
import { bytesFile } from './segment-file.ts';

/** The rows of each block, with their payloads as plain bytes. */
async function readAll(bytes: Buffer): Promise<SegmentRow[][]> {
  const segment = await openSegment(bytesFile(bytes));
  const blocks = [];
  for (const [number] of segment.blocks.entries()) {
    const columns = await segment.rows(number);
    blocks.push(Array.from({ length: columns.rowCount }, (_, row) => plain(columns.rowAt(row))));
  }
  return blocks;
}

function plain(row: SegmentRow): SegmentRow {
  return { ...row, payload: Uint8Array.from(row.payload) };
}

const twoBlocks: BlockRows[] = [{ rows: [1, 2, 3].map(likeRow) }, { rows: [4, 5].map(likeRow) }];

describe('a segment', () => {
  test('gives back the rows that were written, block by block', async () => {
    const blocks = fc.array(fc.array(anyRow, { maxLength: 5 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(blocks, async (rows) => {
        const { bytes } = await encodeSegment(rows.map((each) => ({ rows: each })));
        expect(await readAll(bytes)).toEqual(rows.map((each) => each.map(plain)));
      }),
    );
  });

  test('says in its header and index what it holds', async () => {
    const { bytes, checksum } = await encodeSegment(twoBlocks);
    const { header, blocks, collectionIndex } = await openSegment(bytesFile(bytes));
    expect(header).toMatchObject({ checksum, blockCount: 2, rowCount: 5, accountCount: 5, minSeq: 1, maxSeq: 5 });
    expect(blocks.map(({ minSeq, maxSeq, rowCount }) => [minSeq, maxSeq, rowCount])).toEqual([
      [1, 3, 3],
      [4, 5, 2],
    ]);
    expect(collectionIndex.collections).toEqual([{ name: 'app.bsky.feed.like', rowCount: 5 }]);
    expect(blockHolds(collectionIndex, 1, (name) => name === 'app.bsky.feed.like')).toBe(true);
    expect(blockHolds(collectionIndex, 1, (name) => name === 'app.bsky.feed.post')).toBe(false);
  });

  test('may have blocks without rows, which keep the bounds from before they were compacted', async () => {
    const bounds = { minSeq: 10, maxSeq: 20, minWitnessedAt: 1, maxWitnessedAt: 2 };
    const { bytes } = await encodeSegment([{ rows: [], bounds }]);
    const segment = await openSegment(bytesFile(bytes));
    expect(segment.blocks[0]).toMatchObject({ ...bounds, rowCount: 0 });
    expect(segment.header).toMatchObject({ ...bounds, rowCount: 0 });
    expect((await segment.rows(0)).rowCount).toBe(0);
  });

  test('with any one byte changed is corrupt, or has the same rows', async () => {
    const { bytes } = await encodeSegment(twoBlocks);
    const rows = await readAll(bytes);
    for (const [at, byte] of bytes.entries()) {
      for (const flip of [0x01, 0x80, 0xff]) {
        bytes[at] = byte ^ flip;
        const read = await readAll(bytes).catch((error: unknown) => error);
        if (!(read instanceof SegmentCorruptError)) expect(read).toEqual(rows);
      }
      bytes[at] = byte;
    }
  });

  test('that is cut anywhere is corrupt', async () => {
    const { bytes } = await encodeSegment(twoBlocks);
    for (let length = 0; length < bytes.length; length++) {
      await expect(readAll(bytes.subarray(0, length))).rejects.toThrow(SegmentCorruptError);
    }
  });

  test('of another version is refused by name', async () => {
    const { bytes } = await encodeSegment(twoBlocks);
    bytes.writeUInt16LE(2, 12);
    await expect(readAll(bytes)).rejects.toMatchObject({ offset: 12, reason: 'its version is 2, not 1' });
  });
});
