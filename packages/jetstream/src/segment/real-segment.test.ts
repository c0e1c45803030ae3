import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { eventLine } from '../decode/event-line.ts';
import { parseLine } from '../events/stream-event.ts';
import { payloadCid } from '../record/payload-cid.ts';
import { encodeSegment } from './encode-segment.ts';
import { openSegment } from './open-segment.ts';
import { openFile, type SegmentFile } from './segment-file.ts';

/** Beside the repository, or beside the folder of its worktrees. */
const SHARED = ['../../../../../shared/data', '../../../../../../shared/data']
  .map((path) => fileURLToPath(new URL(`${path}/jetstream-v2-segment`, import.meta.url)))
  .find((path) => existsSync(`${path}.jss`));
const suffix = SHARED === undefined ? ' (skipped: there is no shared/data beside the repository)' : '';

async function withSegment(use: (file: SegmentFile) => Promise<void>): Promise<void> {
  const file = await openFile(`${SHARED}.jss`);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

test.skipIf(SHARED === undefined)(`a segment of a real server has exactly the records that are listed${suffix}`, () =>
  withSegment(async (file) => {
    const segment = await openSegment(file);
    const records: string[] = [];
    for (const [block] of segment.blocks.entries()) {
      const columns = await segment.rows(block);
      for (let row = 0; row < columns.rowCount; row++) {
        const { collection, rkey, payload } = columns.rowAt(row);
        records.push(`${collection}/${rkey}\t${payloadCid(payload)}`);
        expect(parseLine(eventLine(columns.rowAt(row)))).toMatchObject({ ok: true, event: { collection, rkey } });
      }
    }
    expect(records.toSorted()).toEqual(readFileSync(`${SHARED}-records.tsv`, 'utf8').trim().split('\n').toSorted());
  }),
);

test.skipIf(SHARED === undefined)(`what is written again from its rows says the same of itself${suffix}`, () =>
  withSegment(async (file) => {
    const real = await openSegment(file);
    const blocks = [];
    for (const [block] of real.blocks.entries()) {
      const columns = await real.rows(block);
      blocks.push({ rows: Array.from({ length: columns.rowCount }, (_, row) => columns.rowAt(row)) });
    }
    const { bytes } = await encodeSegment(blocks);
    const again = await openSegment({
      ...file,
      size: bytes.length,
      read: async (at, length) => bytes.subarray(at, at + length),
    });
    const { rowCount, blockCount, accountCount, minSeq, maxSeq, minWitnessedAt, maxWitnessedAt } = real.header;
    expect(again.header).toMatchObject({
      rowCount,
      blockCount,
      accountCount,
      minSeq,
      maxSeq,
      minWitnessedAt,
      maxWitnessedAt,
    });
    expect(again.collectionIndex).toEqual(real.collectionIndex);
    expect(again.blocks.map(({ decodedBytes }) => decodedBytes)).toEqual(
      real.blocks.map(({ decodedBytes }) => decodedBytes),
    );
  }),
);
