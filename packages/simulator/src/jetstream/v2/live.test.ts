import { zstdDecompressSync } from 'node:zlib';
import { parseV2Frame } from '@updraft/jetstream';
import { afterEach, describe, expect, test } from 'vitest';
import type { WorldOptions } from '../../world/world.ts';
import { SECOND_HOST } from '../host-view.ts';
import type { JetstreamOptions, JetstreamServer } from '../server.ts';
import { connectClient, type TestClient } from '../test-client.ts';
import { V2_PATH } from './protocol.ts';
import { appendWorld, startWorldHost, worldEvents } from './world-host.fixture.ts';

interface Payload {
  readonly $type: string;
  readonly seq: number;
  readonly did: string;
  readonly time: string;
  readonly rev?: string;
  readonly collection?: string;
  readonly rkey?: string;
  readonly operation?: string;
  readonly record?: unknown;
  readonly cid?: string;
  readonly sync?: object;
}

const TYPE = 'network.bsky.jetstream.subscribeEvents';
const payloadOf = (text: string) => (JSON.parse(text) as { payload: Payload }).payload;

let closing: { close(): unknown }[] = [];
afterEach(async () => {
  for (const open of closing.toReversed()) await open.close();
  closing = [];
});

async function hostOf(count: number, options: JetstreamOptions = {}, world: Partial<WorldOptions> = {}) {
  const server = await startWorldHost(count, options, world);
  closing.push(server);
  return server;
}

async function connect(server: JetstreamServer, query: Record<string, string | readonly string[]> = {}) {
  const client = await connectClient(`${server.v2Url}${V2_PATH}`, query);
  closing.push(client);
  return client;
}

/** All that the host shows now. */
async function everything(server: JetstreamServer, query: Record<string, string | readonly string[]> = {}) {
  return (await readTo(await connect(server, { cursor: '0', ...query }), server.log.nextSeq - 1)).map(payloadOf);
}

/** Lines until the one that bears this number. */
async function readTo(client: TestClient, seq: number): Promise<string[]> {
  for (let count = 1; ; count++) {
    const lines = await client.received(count);
    if (lines[count - 1]?.includes(`"seq":${seq},`)) return lines;
  }
}

describe('a frame', () => {
  test('has the fields of its v1 line, and its cursor as seq', async () => {
    const server = await hostOf(2_000, {}, { divergence: 0 });
    const v1 = await connectClient(server.url, { cursor: '0' });
    closing.push(v1);
    const lines = (await v1.received(2_000)).map((line) => JSON.parse(line) as Record<string, never>);
    const frames = await everything(server);
    expect(frames.length).toBe(2_000);
    for (const [i, { $type, seq, did, time, ...content }] of frames.entries()) {
      const { did: v1Did, time_us: timeUs, cursor, kind, commit, ...rest } = lines[i] ?? {};
      expect({ $type, seq, did }).toEqual({ $type: `${TYPE}#${kind}`, seq: cursor, did: v1Did });
      expect(Date.parse(time) * 1_000 + Number(time.slice(-4, -1))).toBe(timeUs);
      expect(content).toEqual(kind === 'commit' ? commit : rest);
    }
  });

  test('is one that a reader of ours understands, of a hostile world too', async () => {
    const server = await hostOf(8_000, {}, { hostile: 1 });
    const client = await connect(server, { cursor: '0' });
    appendWorld(server, 8_001, { hostile: 0 }, 8_000);
    const lines = await readTo(client, server.log.nextSeq - 1);
    const kinds = new Set<string>();
    for (const line of lines) {
      const frame = parseV2Frame(line);
      if (frame.kind !== 'event') throw new Error(`${frame.kind}: ${line.slice(0, 500)}`);
      kinds.add(frame.event.kind);
    }
    expect(kinds).toEqual(new Set(['commit', 'identity', 'account', 'sync']));
    expect(lines.length).toBeGreaterThan(6_000);
  });

  test('has another seq on another host', async () => {
    const [first, second] = [await hostOf(50), await hostOf(50, { host: SECOND_HOST })];
    expect((await everything(first))[0]?.seq).toBe(1);
    expect((await everything(second, { cursor: '7000001' }))[0]?.seq).toBe(7_000_001);
  });

  test('of a #sync and of the rows after it is shown by v2 and hidden by v1', async () => {
    const server = await hostOf(4_000);
    const hidden = worldEvents(4_000).flatMap(({ only }, i) => (only === 'v2' ? [i + 1] : []));
    const frames = await everything(server);
    expect(frames.map(({ seq }) => seq)).toEqual(Array.from({ length: 4_000 }, (_, i) => i + 1));
    const v1 = await connectClient(server.url, { cursor: '0' });
    closing.push(v1);
    const lines = await v1.received(4_000 - hidden.length);
    const shown = new Set(lines.map((line) => (JSON.parse(line) as { cursor: number }).cursor));
    expect(frames.flatMap(({ seq }) => (shown.has(seq) ? [] : [seq]))).toEqual(hidden);
    const syncs = frames.filter(({ $type }) => $type === `${TYPE}#sync`);
    expect(syncs.length).toBeGreaterThan(3);
    expect(hidden.length).toBeGreaterThan(syncs.length);
    expect(syncs[0]?.sync).toMatchObject({ did: syncs[0]?.did, blocks: { $bytes: expect.any(String) as string } });
  });
});

describe('a cursor', () => {
  test('is inclusive, as a number and as a time', async () => {
    const server = await hostOf(1_000);
    const all = await everything(server);
    expect((await everything(server, { cursor: '500' }))[0]?.seq).toBe(500);
    const time = all[600];
    const micros = Date.parse(time?.time ?? '') * 1_000 + Number(time?.time.slice(-4, -1));
    const first = (await everything(server, { cursor: String(micros) }))[0];
    expect(first?.time && first.time >= (time?.time ?? '')).toBe(true);
    expect(first?.seq).toBeLessThanOrEqual(601);
  });

  test('of the next event or later is silently the live end', async () => {
    const server = await hostOf(100);
    const clients = [await connect(server), await connect(server, { cursor: String(server.log.nextSeq + 500) })];
    const next = server.log.nextSeq;
    appendWorld(server, 105, {}, 100);
    for (const client of clients)
      expect((await client.received(2)).map((line) => payloadOf(line).seq)).toEqual([next, next + 1]);
  });

  test('below the floor is refused, and a time below it is moved there with a notice', async () => {
    const server = await hostOf(500, { weather: { floorSeq: 400 } });
    await expect(connect(server, { cursor: '399' })).rejects.toThrow(/^400 \{"error":"CursorTooOld","message":/);
    await expect(connect(server, { cursor: '0' })).rejects.toThrow(/CursorTooOld/);
    const [info = '', first = ''] = await (await connect(server, { cursor: '1000000000000000' })).received(2);
    expect(parseV2Frame(info)).toMatchObject({ kind: 'info', name: 'OutdatedCursor' });
    expect(payloadOf(first).seq).toBe(400);
  });

  test('of 0 is the first event while nothing was forgotten', async () => {
    const server = await hostOf(20, { host: { firstSeq: 900 } });
    expect((await everything(server))[0]?.seq).toBe(900);
  });
});

describe('parameters', () => {
  test.each([
    [{ cursor: '-1' }],
    [{ cursor: 'abc' }],
    [{ kinds: 'commits' }],
    [{ kinds: ['identity', 'account'], collections: 'a.b.c' }],
    [{ collections: 'not an nsid' }],
    [{ collections: Array.from({ length: 101 }, (_, i) => `a.b.c${i}`) }],
    [{ dids: 'plc:abc' }],
    [{ maxMessageSizeBytes: '-1' }],
    [{ wantedDids: 'did:plc:abc' }],
    [{ wantedCollections: 'a.b.c' }],
    [{ requireHello: 'true' }],
    [{ compress: 'true' }],
  ])('that are bad get a 400 in JSON: %j', async (query) => {
    await expect(connect(await hostOf(0), query)).rejects.toThrow(/^400 \{"error":"InvalidRequest","message":"/);
  });

  test('filter by kind, account, collection and size of the frame', async () => {
    const server = await hostOf(2_000);
    const all = await everything(server);
    const last = all.findLast(({ collection }) => collection === 'app.bsky.feed.like');
    const client = await connect(server, { cursor: '0', kinds: ['commit', 'sync'], collections: 'app.bsky.feed.like' });
    const isWanted = ({ $type, collection }: Payload) => $type.endsWith('#sync') || collection === 'app.bsky.feed.like';
    const lines = await readTo(client, last?.seq ?? 0);
    expect(lines.map(payloadOf)).toEqual(all.filter((frame) => isWanted(frame) && frame.seq <= (last?.seq ?? 0)));
    const small = await connect(server, { cursor: '0', maxMessageSizeBytes: '700' });
    await small.received(200);
    expect(small.lines.every((line) => Buffer.byteLength(line) <= 700)).toBe(true);
  });

  test('are refused with 503 while the server starts up', async () => {
    await expect(connect(await hostOf(0, { weather: { unavailable: true } }))).rejects.toThrow(
      /^503 .*ServiceUnavailable/,
    );
  });
});

test('a dictionary compresses each frame, and an unknown one is refused', async () => {
  const server = await hostOf(100);
  const answer = await fetch(`${server.v2Url.replace('ws', 'http')}/xrpc/network.bsky.jetstream.getZstdDictionary`);
  const dictionary = Buffer.from(await answer.arrayBuffer());
  const id = answer.headers.get('x-zstd-dictionary-id') ?? '';
  expect(dictionary.length).toBe(65_536);
  const client = await connect(server);
  client.close();
  const { socket } = await connect(server, { cursor: '0', zstdDictionary: id });
  const frames: Buffer[] = [];
  socket.on('message', (data: Buffer, isBinary) => frames.push(isBinary ? data : Buffer.alloc(0)));
  appendWorld(server, 120, {}, 100);
  await expect.poll(() => frames.length).toBeGreaterThan(5);
  const texts = frames.map((frame) => zstdDecompressSync(frame, { dictionary }).toString());
  for (const text of texts) expect(parseV2Frame(text).kind).toBe('event');
  expect(frames.reduce((sum, frame) => sum + frame.length, 0)).toBeLessThan(texts.join('').length / 2);
  await expect(connect(server, { zstdDictionary: '5' })).rejects.toThrow(/^400 \{"error":"UnknownZstdDictionary"/);
});

describe('the connection', () => {
  test('is closed when the reader sends anything', async () => {
    const client = await connect(await hostOf(0));
    client.send('{}');
    expect((await client.closed).code).toBe(1008);
  });

  test('is closed with 1001 when the server stops', async () => {
    const server = await hostOf(0);
    const client = await connect(server);
    await server.close();
    expect((await client.closed).code).toBe(1001);
  });

  test('of a reader that is far behind and slow ends with ConsumerTooSlow', async () => {
    const slowReaders = { eventsBehind: 500, eventsPerSecond: 1_000, overMs: 200 };
    const client = await connect(await hostOf(2_000, { readerRate: 100, slowReaders }), { cursor: '0' });
    expect((await client.closed).code).toBe(1000);
    expect(parseV2Frame(client.lines.at(-1) ?? '')).toMatchObject({
      kind: 'error',
      error: { name: 'ConsumerTooSlowError' },
    });
  });

  test('may bring a frame without an event, on request', async () => {
    const server = await hostOf(50);
    server.inject({ kind: 'frame', afterEvents: 10, text: '{"$type":"message","payload":{"$type":"x.y#z"}}' });
    const lines = await (await connect(server, { cursor: '0' })).received(12);
    expect(lines.map((line) => parseV2Frame(line).kind)).toEqual([
      ...Array<string>(10).fill('event'),
      'rejected',
      'event',
    ]);
  });
});

test('a host that is partially blind leaves whole collections out while the rest flows', async () => {
  const server = await hostOf(1_000, { weather: { blindTo: ['app.bsky.feed.like'] } });
  appendWorld(server, 1_200, {}, 1_000);
  const client = await connect(server, { cursor: '0' });
  const frames = (await client.received(200)).map(payloadOf);
  expect(frames.some(({ collection }) => collection === 'app.bsky.feed.like')).toBe(false);
  expect(frames.some(({ collection }) => collection === 'app.bsky.feed.post')).toBe(true);
});

test('a host that seals nothing shows the same events, and its archive is empty', async () => {
  const [sealing, other] = [
    await hostOf(1_000, {}, { hostile: 1 }),
    await hostOf(1_000, { v2: { seals: false } }, { hostile: 1 }),
  ];
  const withoutCids = (frames: readonly Payload[]) => frames.map((frame) => ({ ...frame, cid: '' }));
  expect(withoutCids(await everything(other))).toEqual(withoutCids(await everything(sealing)));
  expect(other.archive?.segments).toEqual([]);
  const next = other.log.nextSeq;
  other.crash(100);
  expect(other.log.nextSeq).toBe(next - 100);
});

describe('a server that crashes', () => {
  test('cuts its readers, and gives the last events other sequence numbers, those of an account in their order', async () => {
    const server = await hostOf(1_000);
    const before = await everything(server);
    const client = await connect(server, { cursor: '0' });
    await client.received(before.length);
    const next = server.log.nextSeq;
    server.crash(300);
    expect((await client.closed).code).toBe(1006);
    const back = server.log.nextSeq;
    expect(next - back).toBeGreaterThan(50);
    const live = await connect(server, { cursor: String(next - 1) });
    server.settle();
    expect(server.log.nextSeq).toBe(next);
    // A cursor beyond the end was silently taken as the live one.
    expect(payloadOf((await live.received(1))[0] ?? '').seq).toBe(back);
    const after = await everything(server);
    const identity = ({ seq: _seq, ...event }: Payload) => JSON.stringify(event);
    expect(after.map(({ seq }) => seq)).toEqual(before.map(({ seq }) => seq));
    expect(after.map(identity)).not.toEqual(before.map(identity));
    expect(after.slice(0, back - 1)).toEqual(before.slice(0, back - 1));
    for (const did of new Set(before.map((frame) => frame.did))) {
      const ofAccount = (frames: readonly Payload[]) => frames.filter((frame) => frame.did === did).map(identity);
      expect(ofAccount(after)).toEqual(ofAccount(before));
    }
  });

  test('loses nothing that is sealed', async () => {
    const server = await hostOf(1_000);
    const tip = server.archive?.tipSeq() ?? 0;
    expect(tip).toBeGreaterThan(500);
    server.crash(5_000);
    expect(server.log.nextSeq).toBe(tip + 1);
  });
});
