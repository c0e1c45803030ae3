import { bytesFile, openSegment, ROW_KIND } from '@updraft/jetstream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JetstreamServer } from '../server.ts';
import { createHosts, startWorldHost } from '../v2/world-host.fixture.ts';
import {
  addressOf,
  bytesOf,
  firstSegment,
  get,
  list,
  plan,
  plannedRows,
  post,
  rowsOf,
} from './archive-reader.fixture.ts';

let shared: JetstreamServer;
beforeAll(async () => {
  shared = await startWorldHost(4_000, {}, { hostile: 0.3 });
});
afterAll(() => shared.close());

const { hostOf, closeAll } = createHosts();
afterEach(closeAll);

describe('a plan', () => {
  test('names every segment after a seq, whole, and reaches the tip', async () => {
    const { segments } = await list(shared);
    const tip = segments.at(-1)?.maxSeq ?? 0;
    const whole = await plan(shared, {});
    expect(whole).toMatchObject({ plannedThroughSeq: tip, sealedTipSeq: tip });
    expect(whole.segments.map(({ name, checksum, mode }) => [name, checksum, mode])).toEqual(
      segments.map(({ name, checksum }) => [name, checksum, 'segment']),
    );
    const later = await plan(shared, { afterSeq: segments[2]?.maxSeq ?? 0, beforeSeq: (segments[4]?.minSeq ?? 0) + 1 });
    expect(later.segments.map(({ index }) => index)).toEqual([3, 4]);
    const end = (segments[4]?.minSeq ?? 0) + 1;
    expect(later).toMatchObject({ plannedThroughSeq: end, sealedTipSeq: end });
    expect(later.segments[1]).toMatchObject({ mode: 'blocks', blocks: [{ first: 0, last: 0 }] });
  });

  test('leaves out blocks without the wanted accounts or collections, and never one with them', async () => {
    const rows = await rowsOf(shared);
    const did = rows.find(({ kind }) => kind === ROW_KIND.sync)?.did ?? '';
    const rare = rows.findLast(({ collection }) => collection.startsWith('app.bsky.feed.threadgate'))?.collection ?? '';
    const requests: { kinds?: string[]; dids?: string[]; collections?: string[] }[] = [
      { dids: [did] },
      { kinds: ['commit'], collections: [rare] },
      { kinds: ['commit'], collections: [`${rare.slice(0, rare.lastIndexOf('.'))}.*`], dids: [did] },
    ];
    for (const request of requests) {
      const seqs = (await plannedRows(shared, await plan(shared, request))).map(({ seq }) => seq);
      const [name] = request.collections ?? [];
      const wanted = rows.filter(
        (row) =>
          (request.dids === undefined || row.did === did) &&
          (name === undefined || row.collection === name || row.collection.startsWith(name.replace('*', ''))),
      );
      expect(wanted.length).toBeGreaterThan(0);
      expect(seqs).toEqual(expect.arrayContaining(wanted.map(({ seq }) => seq)));
      expect(seqs.length).toBeLessThan(rows.length);
    }
  });

  test('comes in pages', async () => {
    const server = await hostOf(2_000, { v2: { planEntries: 2 } });
    const names: string[] = [];
    for (let afterSeq = 0; afterSeq < (server.archive?.tipSeq() ?? 0); ) {
      const page = await plan(server, { afterSeq });
      expect(page.segments.length).toBeLessThanOrEqual(2);
      names.push(...page.segments.map(({ name }) => name));
      afterSeq = page.plannedThroughSeq;
    }
    expect(names).toEqual((await list(server)).segments.map(({ name }) => name));
  });

  test.each([
    { beforeSeq: 5, afterSeq: 5 },
    { afterSeq: -1 },
    { collections: 'a.b.c' },
    { dids: Array<string>(10_001).fill('did:plc:a') },
    { kinds: Array<string>(5).fill('commit') },
  ])('is refused for a bad request: %#', async (request) => {
    const response = await post(shared, request);
    expect([response.status, await response.json()]).toMatchObject([400, { error: 'InvalidRequest' }]);
  });
});

describe('the list of segments', () => {
  test('comes in pages by a cursor', async () => {
    const { segments } = await list(shared);
    const first = await list(shared, { limit: '3' });
    expect(first).toEqual({ cursor: '3', segments: segments.slice(0, 3) });
    const rest = await list(shared, { limit: '5000', cursor: '3' });
    expect(rest).toEqual({ segments: segments.slice(3) });
  });

  test.each([{ limit: '0' }, { limit: '-1' }, { limit: 'x' }, { cursor: 'x' }])('is refused for %j', async (query) => {
    expect((await get(shared, 'listSegments', query)).status).toBe(400);
  });
});

describe('a download', () => {
  test('goes on from a byte, as long as the segment is the same', async () => {
    const { name, checksum, sizeBytes } = await firstSegment(shared);
    const whole = await get(shared, 'getSegment', { name });
    const bytes = await bytesOf(whole);
    expect([whole.headers.get('etag'), bytes.length]).toEqual([`"${checksum}"`, sizeBytes]);
    const range = { range: 'bytes=100-' };
    const rest = await get(shared, 'getSegment', { name }, { ...range, 'if-range': `"${checksum}"` });
    expect([rest.status, rest.headers.get('content-range')]).toEqual([206, `bytes 100-${sizeBytes - 1}/${sizeBytes}`]);
    expect(await bytesOf(rest)).toEqual(bytes.subarray(100));
    const part = await get(shared, 'getSegment', { name }, { range: 'bytes=0-255' });
    expect(await bytesOf(part)).toEqual(bytes.subarray(0, 256));
    const other = await get(shared, 'getSegment', { name }, { ...range, 'if-range': '"0123456789abcdef"' });
    expect([other.status, (await bytesOf(other)).length]).toEqual([200, sizeBytes]);
    expect((await get(shared, 'getSegment', { name }, { range: `bytes=${sizeBytes}-` })).status).toBe(416);
    expect((await get(shared, 'getSegment', { name }, { 'if-match': '"0123456789abcdef"' })).status).toBe(412);
    expect((await get(shared, 'getSegment', { name }, { 'if-match': `"${checksum}"` })).status).toBe(200);
  });

  test('of a block is its zstd frame', async () => {
    const { name, checksum } = await firstSegment(shared);
    const response = await get(shared, 'getBlock', { segment: name, blockIndex: '3' });
    expect(response.headers.get('etag')).toBe(`"${checksum}:3"`);
    expect(await bytesOf(response)).toEqual(await shared.archive?.segments[0]?.segment.frame(3));
  });

  test.each([
    ['getSegment', { name: 'nothing.jss' }, 404, 'SegmentNotFound'],
    ['getBlock', { segment: 'nothing.jss', blockIndex: '0' }, 404, 'SegmentNotFound'],
    ['getBlock', { segment: 'seg_0000000000.jss', blockIndex: '8' }, 404, 'BlockNotFound'],
    ['getBlock', { segment: 'seg_0000000000.jss', blockIndex: 'x' }, 400, 'InvalidRequest'],
    ['getZstdDictionary', { id: '1' }, 404, 'DictionaryNotFound'],
  ])('%s of %j is refused', async (method, query, status, error) => {
    const response = await get(shared, method, query);
    expect([response.status, await response.json()]).toMatchObject([status, { error }]);
  });

  test('of an address that can not be read is refused, and the host goes on', async () => {
    const address = addressOf(shared, 'listSegments');
    expect((await fetch(`${new URL(address).origin}//`)).status).toBe(404);
    expect((await fetch(address)).status).toBe(200);
  });

  test('wants the key where the host has one, and lists need none', async () => {
    const server = await hostOf(1_000, { v2: { apiKey: 'sesame' } });
    const { name } = await firstSegment(server);
    const statusOf = async (key?: string) =>
      (await get(server, 'getSegment', { name }, key === undefined ? {} : { authorization: `Bearer ${key}` })).status;
    expect([await statusOf(), await statusOf('other'), await statusOf('sesame')]).toEqual([401, 401, 200]);
    expect((await post(server, {})).status).toBe(401);
  });
});

describe('a fault of the archive', () => {
  test.each([401, 403, 404, 429, 500, 503])('answers once with %i', async (status) => {
    const server = await hostOf(0);
    server.archive?.faults.inject({ method: 'listSegments', kind: 'status', status, retryAfterSeconds: 2 });
    const refused = await get(server, 'listSegments');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([status, '2']);
    expect((await get(server, 'listSegments')).status).toBe(200);
    expect(server.archive?.faults.left()).toBe(0);
  });

  test('cuts, flips or slows a download', async () => {
    const server = await hostOf(1_000);
    const { name, sizeBytes } = await firstSegment(server);
    const sound = await bytesOf(await get(server, 'getSegment', { name }));
    server.archive?.faults.inject({ kind: 'cut', afterBytes: 300 });
    await expect(get(server, 'getSegment', { name }).then(bytesOf)).rejects.toThrow();
    server.archive?.faults.inject({ kind: 'flip', atByte: 70 });
    const flipped = await bytesOf(await get(server, 'getSegment', { name }));
    expect([...flipped].flatMap((byte, at) => (byte === sound[at] ? [] : [at]))).toEqual([70]);
    server.archive?.faults.inject({ kind: 'slow', bytesPerSecond: sizeBytes * 5 });
    const response = await get(server, 'getSegment', { name });
    let chunks = 0;
    for await (const _ of response.body ?? []) chunks += 1;
    expect(chunks).toBeGreaterThan(3);
  });

  test('rewrites the segment between its plan and its download', async () => {
    const server = await hostOf(1_000);
    const { name, checksum } = (await plan(server, {})).segments[0] ?? (await firstSegment(server));
    server.archive?.faults.inject({ method: 'getSegment', kind: 'rewrite' });
    const response = await get(server, 'getSegment', { name });
    const etag = response.headers.get('etag');
    expect(etag).not.toBe(`"${checksum}"`);
    const segment = await openSegment(bytesFile(await bytesOf(response)));
    expect(segment.header).toMatchObject({ minSeq: 1, rowCount: 512 });
    expect((await segment.rows(0)).rowAt(0).indexedAt).toBeGreaterThan(0);
    server.archive?.faults.inject({ method: 'getSegment', kind: 'rewrite' });
    expect((await get(server, 'getSegment', { name })).headers.get('etag')).not.toBe(etag);
  });
});
