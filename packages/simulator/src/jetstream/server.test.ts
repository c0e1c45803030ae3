import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorld, type WorldOptions } from '../world/world.ts';
import { SECOND_HOST } from './host-view.ts';
import { type JetstreamOptions, type JetstreamServer, startJetstream } from './server.ts';
import { connectClient, type TestClient } from './test-client.ts';

interface Parsed {
  did: string;
  time_us: number;
  cursor?: number;
  kind: string;
  commit?: { collection: string };
}

const parse = (line: string) => JSON.parse(line) as Parsed;

let closing: { close(): unknown }[] = [];
afterEach(async () => {
  for (const open of closing.toReversed()) await open.close();
  closing = [];
});

async function hostOf(
  count: number,
  options: JetstreamOptions = {},
  world: Partial<WorldOptions> = {},
): Promise<JetstreamServer> {
  const server = await startJetstream(options);
  closing.push(server);
  append(server, count, world);
  return server;
}

function append(server: JetstreamServer, count: number, world: Partial<WorldOptions> = {}): void {
  const events = createWorld({ seed: 3, accounts: 100, eventsPerDay: 20_000, ...world }).events();
  for (let i = 0; i < count; i++) server.append(events.next().value);
  server.settle();
}

async function connect(
  server: JetstreamServer,
  query: Record<string, string | readonly string[]> = {},
): Promise<TestClient> {
  const client = await connectClient(server.url, query);
  closing.push(client);
  return client;
}

describe('a cursor', () => {
  test('below 1e15 is a sequence number and inclusive, and 0 is the oldest', async () => {
    const server = await hostOf(3_000);
    const all = (await (await connect(server, { cursor: '0' })).received(3_000)).map(parse);
    expect(all.map(({ cursor }) => cursor)).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
    const some = (await (await connect(server, { cursor: '2500' })).received(501)).map(parse);
    expect(some[0]?.cursor).toBe(2_500);
  });

  test('from 1e15 on is a time and inclusive: nothing that is not older is left out', async () => {
    const server = await hostOf(3_000);
    const all = (await (await connect(server, { cursor: '0' })).received(3_000)).map(parse);
    const time = all[2_000]?.time_us ?? 0;
    const wanted = all.findIndex(({ time_us }) => time_us >= time);
    const got = (await (await connect(server, { cursor: String(time) })).received(3_000 - wanted)).map(parse);
    expect(got[0]?.cursor).toBe(wanted + 1);
  });

  test('of the future, also one in milliseconds, and none at all are the live end', async () => {
    const server = await hostOf(100);
    const clients = [
      await connect(server),
      await connect(server, { cursor: '9999999999999999' }),
      await connect(server, { cursor: String(Date.now()) }),
    ];
    append(server, 5);
    for (const client of clients)
      expect((await client.received(5)).map((line) => parse(line).cursor)).toEqual([101, 102, 103, 104, 105]);
  });

  test('below the floor is silently moved there', async () => {
    const server = await hostOf(500, { weather: { floorSeq: 400 } });
    const [first = ''] = await (await connect(server, { cursor: '5' })).received(101);
    expect(parse(first).cursor).toBe(400);
  });

  test('of a time may bring far more than was asked for, as on the new server', async () => {
    const server = await hostOf(3_000, { weather: { replayEvents: 1_500 } });
    const [last = ''] = (await (await connect(server, { cursor: '0' })).received(3_000)).slice(-1);
    const [first = ''] = await (await connect(server, { cursor: String(parse(last).time_us) })).received(1_000);
    expect(parse(first).cursor).toBeLessThan(1_600);
  });
});

describe('parameters', () => {
  test.each([
    [{ cursor: '-1' }, 'cursor'],
    [{ cursor: '1.5' }, 'cursor'],
    [{ cursor: 'abc' }, 'cursor'],
    [{ wantedCollections: 'not an nsid' }, 'collection'],
    [{ wantedCollections: Array.from({ length: 101 }, (_, i) => `a.b.c${i}`) }, 'too many'],
    [{ wantedDids: 'plc:abc' }, 'DID'],
    [{ maxMessageSizeBytes: 'big' }, 'maxMessageSizeBytes'],
    [{ compress: 'true' }, 'compress'],
  ])('that are bad get a plain-text 400: %j', async (query, word) => {
    const server = await hostOf(0);
    await expect(connectClient(server.url, query)).rejects.toThrow(new RegExp(`^400 .*${word}`));
  });

  test('are answered with 503 while the server starts up', async () => {
    const server = await hostOf(0, { weather: { unavailable: true } });
    await expect(connectClient(server.url)).rejects.toThrow(/^503/);
    server.setWeather({ unavailable: false });
    await connect(server);
  });
});

describe('a filter', () => {
  test('by collection and by prefix lets identity and account events pass', async () => {
    const server = await hostOf(4_000);
    const all = (await (await connect(server, { cursor: '0' })).received(4_000)).map(parse);
    const isWanted = ({ commit }: Parsed) =>
      commit === undefined ||
      commit.collection === 'app.bsky.feed.post' ||
      commit.collection.startsWith('app.bsky.graph.');
    const wanted = all.filter(isWanted);
    const client = await connect(server, {
      cursor: '0',
      wantedCollections: ['app.bsky.feed.post', 'app.bsky.graph.*'],
    });
    expect((await client.received(wanted.length)).map(parse)).toEqual(wanted);
    expect(new Set(wanted.map(({ kind }) => kind))).toEqual(new Set(['commit', 'identity', 'account']));
  });

  test('by DID applies to every kind', async () => {
    const server = await hostOf(4_000);
    const all = (await (await connect(server, { cursor: '0' })).received(4_000)).map(parse);
    const did = all[0]?.did ?? '';
    const wanted = all.filter((event) => event.did === did);
    expect(
      (await (await connect(server, { cursor: '0', wantedDids: did })).received(wanted.length)).map(parse),
    ).toEqual(wanted);
  });

  test('by size leaves larger events out', async () => {
    const server = await hostOf(2_000);
    const all = await (await connect(server, { cursor: '0' })).received(2_000);
    const small = all.filter((line) => Buffer.byteLength(line) <= 500);
    expect(await (await connect(server, { cursor: '0', maxMessageSizeBytes: '500' })).received(small.length)).toEqual(
      small,
    );
  });

  test('is replaced as a whole by options_update, which requireHello waits for', async () => {
    const server = await hostOf(2_000);
    const client = await connect(server, { cursor: '0', requireHello: 'true', wantedDids: 'did:plc:nobody' });
    await delay(50);
    expect(client.lines).toEqual([]);
    client.send({
      type: 'options_update',
      payload: { wantedCollections: ['app.bsky.feed.repost'], wantedDids: [], maxMessageSizeBytes: 0 },
    });
    const events = (await client.received(50)).map(parse);
    expect(new Set(events.flatMap(({ commit }) => commit?.collection ?? []))).toEqual(
      new Set(['app.bsky.feed.repost']),
    );
  });

  test.each([
    ['{', 1007],
    ['{"type":"options_update","payload":{"wantedDids":"x"}}', 1008],
    ['{"type":"something"}', 1008],
  ])('message %s closes the connection', async (message, code) => {
    const client = await connect(await hostOf(0));
    client.send(message);
    expect((await client.closed).code).toBe(code);
  });
});

describe('hosts', () => {
  test('of the legacy generation send no cursor and take every cursor for a time', async () => {
    const server = await hostOf(300, { host: { generation: 'legacy' } });
    const lines = await (await connect(server, { cursor: '250' })).received(300);
    expect(lines.every((line) => parse(line).cursor === undefined)).toBe(true);
  });

  test('that show the same world differ in numbers, times and order, and keep the order within each account', async () => {
    const [first, second] = [
      await hostOf(5_000, {}, { hostile: 0.5 }),
      await hostOf(5_000, { host: SECOND_HOST }, { hostile: 0.5 }),
    ];
    const lines = async (server: JetstreamServer) => (await connect(server, { cursor: '1' })).received(5_000);
    const [a, b] = [await lines(first), await lines(second)];
    const strip = (line: string) => line.replace(/"time_us":\d+,?|"cursor":\d+,?/g, '');
    const [strippedA, strippedB] = [a.map(strip), b.map(strip)];
    expect(strippedB).not.toEqual(strippedA);
    expect(strippedB.toSorted()).toEqual(strippedA.toSorted());
    const of = (list: string[], did: string) => list.filter((line) => line.includes(`"did":"${did}"`));
    for (const did of new Set(
      strippedA.slice(0, 500).flatMap((line) => /"did":"(did:plc:[^"]{24})"/.exec(line)?.[1] ?? []),
    ))
      expect(of(strippedB, did)).toEqual(of(strippedA, did));
    expect(b[10]).toMatch(/"cursor":7000011/);
  });
});

describe('a fault', () => {
  test('drops the connection once, after the given number of events', async () => {
    const server = await hostOf(1_000);
    server.inject({ kind: 'drop', afterEvents: 10 });
    const client = await connect(server, { cursor: '0' });
    expect((await client.closed).code).toBe(1006);
    expect(client.lines.length).toBeLessThanOrEqual(10);
    await (await connect(server, { cursor: '0' })).received(1_000);
    expect(server.faultsLeft()).toBe(0);
  });

  test('meets a connection that waits for events', async () => {
    const server = await hostOf(10);
    const client = await connect(server, { cursor: '0' });
    await client.received(10);
    server.inject({ kind: 'drop', afterEvents: 0 });
    expect((await client.closed).code).toBe(1006);
  });

  test('resets the connection within a frame', async () => {
    const server = await hostOf(1_000);
    server.inject({ kind: 'reset', afterEvents: 10 });
    expect((await (await connect(server, { cursor: '0' })).closed).code).toBe(1006);
  });

  test('is silent and leaves the connection open', async () => {
    const server = await hostOf(1_000);
    server.inject({ kind: 'silence', afterEvents: 10 });
    const client = await connect(server, { cursor: '0' });
    await client.received(10);
    append(server, 100);
    await delay(50);
    expect(client.lines.length).toBe(10);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  test('sends a stretch again', async () => {
    const server = await hostOf(100);
    server.inject({ kind: 'repeat', afterEvents: 50, events: 20 });
    const cursors = (await (await connect(server, { cursor: '0' })).received(120)).map((line) => parse(line).cursor);
    expect(cursors.slice(48, 54)).toEqual([49, 50, 31, 32, 33, 34]);
    expect(cursors.at(-1)).toBe(100);
  });

  test('can be injected by the control endpoint, which refuses an unknown one', async () => {
    const server = await hostOf(100);
    const control = `http://127.0.0.1:${server.port}/control`;
    const post = async (body: unknown) => (await fetch(control, { method: 'POST', body: JSON.stringify(body) })).status;
    expect(await post({ kind: 'drop', afterEvents: 10 })).toBe(200);
    expect(await post({ unavailable: true })).toBe(200);
    expect(await post({ kind: 'flood', afterEvents: 1 })).toBe(400);
    expect(await (await fetch(control)).json()).toMatchObject({
      faultsLeft: 1,
      nextSeq: 101,
      weather: { unavailable: true },
    });
  });
});

test('a reader that stops reading is cut after a while', async () => {
  const server = await hostOf(60_000, { slowReaderMs: 300 });
  const client = await connect(server, { cursor: '0' });
  await client.received(1);
  client.pause();
  const before = client.lines.length;
  await expect.poll(() => server.status().readers).toBe(0);
  expect(before).toBeLessThan(60_000);
});

test('a reader gets no more than its rate', async () => {
  const server = await hostOf(5_000, { readerRate: 1_000 });
  const client = await connect(server, { cursor: '0' });
  await client.received(300);
  expect(server.status().sent).toBeLessThan(1_500);
});

test('closing the server ends connections with 1001', async () => {
  const server = await startJetstream();
  const client = await connectClient(server.url);
  await server.close();
  expect((await client.closed).code).toBe(1001);
});
