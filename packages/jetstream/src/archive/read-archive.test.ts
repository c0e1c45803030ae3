import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDecoder } from '../decode/decoder.ts';
import { parseLine } from '../events/stream-event.ts';
import { encodeBlock } from '../segment/block.ts';
import { encodeSegment } from '../segment/encode-segment.ts';
import { MAX_BLOCK_ROWS } from '../segment/limits.ts';
import { likeRow } from '../segment/rows.fixture.ts';
import type { Archive } from './archive.ts';
import { createArchiveClient } from './archive-client.ts';
import { type ArchiveServer, likeSegment, sendJson, sendSegment, startArchive } from './archive-server.fixture.ts';
import { createFolderArchive } from './folder-archive.ts';
import { type ArchiveSlice, type ReadArchiveOptions, readArchive } from './read-archive.ts';
import { createRemoteArchive } from './remote-archive.ts';
import { seqsOfTime } from './seek-time.ts';

const { signal } = new AbortController();
const decoder = createDecoder(1);
const retry = { minWaitMs: 1, tries: 50 };
let server: ArchiveServer;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-archive-'));
  server = await startArchive([
    await likeSegment('seg_1.jss', 1, 95),
    await likeSegment('seg_2.jss', 96, 200),
    await likeSegment('seg_3.jss', 201, 230),
  ]);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});
afterAll(() => decoder.stop());

function remote() {
  const client = createArchiveClient({ address: server.address, apiKey: 'the-key', retry, timeoutMs: 5_000 });
  return createRemoteArchive({ client, folder, retry });
}

function seqsOf({ lines }: ArchiveSlice): number[] {
  return lines.map((line) => parseLine(line)).map((parsed) => (parsed.ok ? (parsed.event.cursor ?? -1) : -1));
}

async function readAll(
  options: Partial<ReadArchiveOptions> = {},
): Promise<{ seqs: number[]; last: ArchiveSlice | undefined }> {
  const seqs: number[] = [];
  let last: ArchiveSlice | undefined;
  for await (const slice of readArchive({ archive: remote(), decoder, afterSeq: 0, ...options }, signal)) {
    seqs.push(...seqsOf(slice));
    last = slice;
  }
  return { seqs, last };
}

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('reading an archive', () => {
  test('gives every event once, in order, over all pages of the plan, and leaves no file behind', async () => {
    const { seqs, last } = await readAll();
    expect(seqs).toEqual(range(1, 230));
    expect(last?.place).toMatchObject({ seq: 230, tipSeq: 230 });
    expect(await readdir(folder)).toEqual([]);
  });

  test('goes on from any place at which it was left, without a hole and without an event twice in a block', async () => {
    for (const stopAfter of [1, 4, 9, 12, 20]) {
      const before: number[] = [];
      let place = { seq: 0, tipSeq: 0 };
      let slices = 0;
      for await (const slice of readArchive({ archive: remote(), decoder, afterSeq: 0 }, signal)) {
        before.push(...seqsOf(slice));
        place = slice.place;
        if (++slices === stopAfter) break;
      }
      expect(before).toEqual(range(1, place.seq));
      const { seqs } = await readAll({ afterSeq: place.seq, tipSeq: place.tipSeq });
      expect([...before, ...seqs]).toEqual(range(1, 230));
    }
  });

  test('ends at the tip that it began with, though the archive grows', async () => {
    let tip: number | undefined;
    const seqs: number[] = [];
    for await (const slice of readArchive({ archive: remote(), decoder, afterSeq: 150 }, signal)) {
      if (tip === undefined) server.segments.push(await likeSegment('seg_4.jss', 231, 260));
      tip = slice.place.tipSeq;
      seqs.push(...seqsOf(slice));
    }
    expect(seqs).toEqual(range(151, 230));
    expect((await readAll({ afterSeq: 230 })).seqs).toEqual(range(231, 260));
    expect((await readAll({ afterSeq: 260 })).seqs).toEqual([]);
    expect((await readAll({ afterSeq: 260, tipSeq: 260 })).seqs).toEqual([]);
  });

  test('of less than was asked for says how far it came', async () => {
    const { last } = await readAll({ afterSeq: 200, tipSeq: 500 });
    expect(last?.place).toMatchObject({ seq: 230, tipSeq: 230 });
  });

  test('plans again when a segment is gone, and gives up when it stays gone', async () => {
    let isGone = true;
    server.intercept = (method, response, request) => {
      if (method !== 'getSegment' || !isGone || request.url?.includes('seg_2') !== true) return false;
      isGone = false;
      sendJson(response, { error: 'SegmentNotFound' }, 404);
      return true;
    };
    expect((await readAll()).seqs).toEqual(range(1, 230));
    server.intercept = (method, response) => {
      if (method === 'getSegment') sendJson(response, { error: 'SegmentNotFound' }, 404);
      return method === 'getSegment';
    };
    await expect(readAll()).rejects.toMatchObject({ name: 'SegmentNotFoundError' });
  });

  test('fetches blocks alone where the plan names blocks', async () => {
    server.intercept = (method, response, request) => {
      if (method === 'planSnapshot') {
        request.resume();
        const segment = { name: 'seg_1.jss', index: 0, checksum: '0'.repeat(16), minSeq: 1, maxSeq: 20 };
        const segments = [
          {
            ...segment,
            mode: 'blocks',
            blocks: [
              { first: 0, last: 0 },
              { first: 1, last: 1 },
            ],
          },
        ];
        sendJson(response, { plannedThroughSeq: 20, sealedTipSeq: 20, segments, stats: {} });
      }
      if (method === 'getBlock') {
        const block = Number(new URL(request.url ?? '', server.address).searchParams.get('blockIndex'));
        const bytes = server.segments[0]?.bytes ?? Buffer.alloc(0);
        const offset = block === 0 ? 256 : 264 + bytes.readUInt32LE(256);
        response.end(bytes.subarray(offset + 8, offset + 8 + bytes.readUInt32LE(offset)));
      }
      return method !== 'getSegment';
    };
    expect((await readAll()).seqs).toEqual(range(1, 20));
  });

  test('of a plan in another order is in the order of the seqs', async () => {
    const planned = server.segments.map(({ name, checksum, minSeq, maxSeq }) => ({ name, checksum, minSeq, maxSeq }));
    server.intercept = (method, response, request) => {
      if (method !== 'planSnapshot') return false;
      request.resume();
      const segments = planned.toReversed().map((segment) => ({ ...segment, mode: 'segment' }));
      sendJson(response, { plannedThroughSeq: 230, sealedTipSeq: 230, segments });
      return true;
    };
    expect((await readAll()).seqs).toEqual(range(1, 230));
  });

  test('of a plan that does not go on, names a segment twice, or that nobody can read, is an error', async () => {
    const plan = { plannedThroughSeq: 0, sealedTipSeq: 230, segments: [], stats: {} };
    const [first] = server.segments;
    const twice = { name: first?.name, checksum: first?.checksum, minSeq: 1, maxSeq: 95, mode: 'segment' };
    for (const body of [
      plan,
      { ...plan, plannedThroughSeq: 95, segments: [twice, twice] },
      { ...plan, segments: [{ name: '../../etc/passwd' }] },
      {},
      { ...plan, sealedTipSeq: 1.5 },
    ]) {
      server.intercept = (_, response, request) => {
        request.resume();
        sendJson(response, body);
        return true;
      };
      await expect(readAll()).rejects.toMatchObject({ name: 'JetstreamError' });
    }
  });
});

test('blocks whose frames come out of order are decoded in theirs, with fewer threads than blocks', async () => {
  const later = Promise.withResolvers<void>();
  const frames = [1, 3_001, 6_001].map((first) => encodeBlock(range(first, first + 2_999).map(likeRow)).frame);
  const blocks = frames.map((bytes, block) => ({
    block,
    claim: undefined,
    frame: async () => {
      if (block === 1) await later.promise;
      if (block === 2) setTimeout(later.resolve, 20);
      return Uint8Array.from(bytes);
    },
  }));
  const planned = { name: 'a.jss', checksum: '', minSeq: 1, maxSeq: 9_000, mode: 'segment' as const, blocks: [] };
  const archive: Archive = {
    ...createFolderArchive(folder),
    plan: () => Promise.resolve({ plannedThroughSeq: 9_000, sealedTipSeq: 9_000, segments: [planned] }),
    open: () => Promise.resolve({ blocks, close: () => Promise.resolve() }),
  };
  expect((await readAll({ archive })).seqs).toEqual(range(1, 9_000));
});

test('segments without an event, and a block of as many as there may be, are read like any other', async () => {
  const empty = await encodeSegment([]);
  const emptyBlock = await encodeSegment([{ rows: [] }]);
  const most = range(231, 231 + MAX_BLOCK_ROWS - 1).map(likeRow);
  const full = await encodeSegment([{ rows: most }]);
  const parts = { 'seg_0.jss': empty.bytes, 'seg_4.jss': emptyBlock.bytes, 'seg_5.jss': full.bytes };
  for (const [name, bytes] of Object.entries(parts)) await writeFile(join(folder, name), bytes);
  for (const { name, bytes } of server.segments) await writeFile(join(folder, name), bytes);
  const archive = createFolderArchive(folder);
  const { seqs, last } = await readAll({ archive, afterSeq: 200 });
  expect([seqs.length, seqs[0], seqs.at(-1)]).toEqual([30 + MAX_BLOCK_ROWS, 201, 230 + MAX_BLOCK_ROWS]);
  expect(last?.place.seq).toBe(230 + MAX_BLOCK_ROWS);
  const { witnessedAt } = likeRow(210);
  expect(await seqsOfTime(archive, { fromMicros: witnessedAt }, signal)).toMatchObject({ afterSeq: 200 });
});

describe('a folder of segments', () => {
  beforeEach(async () => {
    for (const { name, bytes } of server.segments.toReversed()) await writeFile(join(folder, name), bytes);
  });

  test('is read as an archive is', async () => {
    const archive = createFolderArchive(folder);
    expect((await readAll({ archive })).seqs).toEqual(range(1, 230));
    expect((await readAll({ archive, afterSeq: 94, tipSeq: 97 })).seqs).toEqual([95, 96, 97]);
    expect((await readdir(folder)).length).toBe(3);
  });

  test('is left when the signal says so', async () => {
    const stopping = new AbortController();
    const reading = (async () => {
      for await (const slice of readArchive(
        { archive: createFolderArchive(folder), decoder, afterSeq: 0 },
        stopping.signal,
      )) {
        if (slice.place.seq >= 20) stopping.abort(new Error('enough'));
      }
    })();
    await expect(reading).rejects.toThrow('enough');
  });

  test('with a corrupt segment is an error that names it', async () => {
    const bytes = Buffer.from(server.segments[1]?.bytes ?? '');
    bytes[300] = (bytes[300] ?? 0) ^ 0xff;
    await writeFile(join(folder, 'seg_2.jss'), bytes);
    const seqs: number[] = [];
    const reading = (async () => {
      for await (const slice of readArchive({ archive: createFolderArchive(folder), decoder, afterSeq: 0 }, signal)) {
        seqs.push(...seqsOf(slice));
      }
    })();
    await expect(reading).rejects.toMatchObject({ name: 'SegmentCorruptError', segment: 'seg_2.jss' });
    expect(seqs).toEqual(range(1, 95));
  });
});

describe('a stretch of time', () => {
  const at = (seq: number): number => likeRow(seq).witnessedAt;
  const seqs = async (from: number, to?: number): Promise<number[]> => {
    const { afterSeq, tipSeq } = await seqsOfTime(remote(), { fromMicros: from, toMicros: to }, signal);
    return [afterSeq, tipSeq];
  };

  test('is found as the seqs around the blocks in which it lies', async () => {
    expect(await seqs(at(1) - 1)).toEqual([0, 230]);
    expect(await seqs(at(111))).toEqual([105, 230]);
    expect(await seqs(at(96), at(96))).toEqual([95, 105]);
    expect(await seqs(at(94), at(97))).toEqual([90, 105]);
    expect(await seqs(at(230) + 1)).toEqual([230, 230]);
    expect(await seqs(at(1) - 9, at(1) - 1)).toEqual([230, 230]);
  });

  test('says whether the archive has all of it, and how much that is', async () => {
    const stretch = (to: number) => seqsOfTime(remote(), { fromMicros: at(94), toMicros: to }, signal);
    const sizes = server.segments.map(({ bytes }) => bytes.length);
    expect(await stretch(at(97))).toMatchObject({ isWhole: true, rows: 200, bytes: (sizes[0] ?? 0) + (sizes[1] ?? 0) });
    expect(await stretch(at(230))).toMatchObject({ isWhole: true });
    expect(await stretch(at(230) + 1)).toMatchObject({ isWhole: false });
  });

  test('of a segment whose index stays corrupt is that of the whole segment: never cut short', async () => {
    const [, second] = server.segments;
    server.intercept = (method, response, request) => {
      if (method !== 'getSegment' || second === undefined || request.url?.includes('seg_2') !== true) return false;
      const bytes = Buffer.from(second.bytes);
      bytes.fill(0xff, bytes.length - 200);
      sendSegment({ ...second, bytes }, request, response);
      return true;
    };
    expect(await seqs(at(111))).toEqual([95, 230]);
    expect(await seqs(at(94), at(97))).toEqual([90, 200]);
  });

  test('in a segment that was rewritten since it was listed is an error, not a guess', async () => {
    const [segment] = server.segments;
    server.intercept = (method, response, request) => {
      if (method !== 'getSegment' || segment === undefined) return false;
      sendSegment({ ...segment, checksum: 'f'.repeat(16) }, request, response);
      return true;
    };
    await expect(seqs(at(1))).rejects.toThrow('changed since it was listed');
  });
});
