import { afterAll, describe, expect, test } from 'vitest';
import { parseLine } from '../events/stream-event.ts';
import { encodeBlock } from '../segment/block.ts';
import { likeRow } from '../segment/rows.fixture.ts';
import { createDecoder } from './decoder.ts';
import type { DecodeTask } from './messages.ts';

const decoder = createDecoder(2);
afterAll(() => decoder.stop());

const ALL = { afterSeq: 0, beforeSeq: Number.MAX_SAFE_INTEGER };

function blockOf(first: number, rows: number, filter = ALL): DecodeTask {
  const { frame } = encodeBlock(Array.from({ length: rows }, (_, i) => likeRow(first + i)));
  return { frame: Uint8Array.from(frame), block: 0, claim: undefined, filter };
}

async function seqsOf(task: DecodeTask, by = decoder): Promise<number[][]> {
  const slices = [];
  for await (const { lines } of by.decode(task)) {
    slices.push(lines.map((line) => parseLine(line)).map((parsed) => (parsed.ok ? (parsed.event.cursor ?? 0) : -1)));
  }
  return slices;
}

describe('the decoder', () => {
  test('gives the wanted events of each block in their order, while other blocks are decoded', async () => {
    const blocks = [1, 101, 201, 301, 401].map((first) => seqsOf(blockOf(first, 100, { afterSeq: 2, beforeSeq: 400 })));
    const seqs = (await Promise.all(blocks)).map((slices) => slices.flat());
    expect(seqs.map((block) => [block.at(0), block.at(-1), block.length])).toEqual([
      [3, 100, 98],
      [101, 200, 100],
      [201, 300, 100],
      [301, 400, 100],
      [undefined, undefined, 0],
    ]);
  });

  test('gives a large block in slices, and can be left before the last', async () => {
    const slices = await seqsOf(blockOf(1, 10_000));
    expect(slices.length).toBeGreaterThan(2);
    expect(slices.flat()).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1));
    for (let i = 0; i < 4; i++) {
      for await (const slice of decoder.decode(blockOf(1, 10_000))) {
        expect(slice.isLast).toBe(false);
        break;
      }
    }
    expect((await seqsOf(blockOf(1, 3))).flat()).toEqual([1, 2, 3]);
  });

  test('says of a corrupt block what and where, and goes on with the next', async () => {
    const frame = Uint8Array.from([1, 2, 3]);
    await expect(seqsOf({ frame, block: 4, claim: undefined, filter: ALL })).rejects.toMatchObject({
      name: 'SegmentCorruptError',
      offset: 0,
    });
    const claim = { offset: 256, decodedBytes: 1, rowCount: 5 };
    await expect(seqsOf({ ...blockOf(1, 3), claim })).rejects.toMatchObject({ name: 'SegmentCorruptError' });
    expect((await seqsOf(blockOf(1, 3))).flat()).toEqual([1, 2, 3]);
  });

  test('that is stopped fails whatever is under way, and what comes after', async () => {
    const stopped = createDecoder(1);
    const underWay = [1, 2, 3].map(() => seqsOf(blockOf(1, 5_000), stopped));
    const outcomes = Promise.allSettled(underWay);
    await new Promise(setImmediate);
    await stopped.stop();
    expect((await outcomes).map(({ status }) => status)).toContain('rejected');
    await expect(seqsOf(blockOf(1, 1), stopped)).rejects.toThrow('the decoder was stopped');
  });

  test('gives one empty slice for a block without rows', async () => {
    expect(await seqsOf(blockOf(1, 0))).toEqual([[]]);
  });
});
