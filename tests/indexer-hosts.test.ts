import { type JetstreamEvent, parseFrame } from '@updraft/atproto';
import {
  createEventCounts,
  createJetstreamSource,
  createPlace,
  type Ended,
  type JetstreamOptions,
  lookAtHost,
  type SecondLook,
} from '@updraft/indexer';
import {
  createWorld,
  type JetstreamServer,
  type JetstreamOptions as JetstreamServerOptions,
  SECOND_HOST,
  startJetstream,
  type WorldEvent,
} from '@updraft/simulator';
import type { IngestGapRow } from '@updraft/store';
import { afterEach, describe, expect, test } from 'vitest';

const LIKE = 'app.bsky.feed.like';
const HUGE_BYTES = 33 * 1024 * 1024;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function startHost(options: JetstreamServerOptions = {}): Promise<JetstreamServer> {
  const server = await startJetstream(options);
  cleanups.push(() => server.close());
  return server;
}

/** A day that ends now, of a small world: its events in order. */
function worldOf(events: number): WorldEvent[] {
  const world = createWorld({ seed: 1, accounts: 200, nowMicros: Date.now() * 1000, eventsPerDay: events });
  return world.events().take(events).toArray();
}

function sendTo(hosts: readonly JetstreamServer[], events: readonly WorldEvent[]): void {
  for (const event of events) for (const host of hosts) host.append(event);
  for (const host of hosts) host.settle();
}

/** As it comes in life: over many of the watch's looks. */
async function sendSlowly(hosts: readonly JetstreamServer[], events: readonly WorldEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += 200) {
    sendTo(hosts, events.slice(at, at + 200));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A record of a size that no connection takes, after what the host has so far. */
function appendHuge(host: JetstreamServer): void {
  const timeUs = Date.now() * 1000;
  const record = { text: 'x'.repeat(HUGE_BYTES) };
  const commit = { rev: '3kkkkkkkkkk22', operation: 'create', collection: 'a.b.c', rkey: 'huge', record, cid: 'x' };
  const event = { did: 'did:plc:huge', time_us: timeUs, cursor: host.log.nextSeq, kind: 'commit', commit };
  host.log.append({ line: JSON.stringify(event), timeUs });
}

interface Reading {
  readonly events: JetstreamEvent[];
  readonly gaps: IngestGapRow[];
  readonly ends: { readonly host: string; readonly end: Ended; readonly retryInMs: number }[];
  readonly blind: { readonly host: string; readonly collection: string; readonly witness: string | undefined }[];
  readonly place: ReturnType<typeof createPlace>;
  until(done: () => boolean): Promise<void>;
}

/** Reads as the indexer does, into arrays. */
function read(
  hosts: readonly JetstreamServer[],
  options: Partial<JetstreamOptions> & { startMicros?: number } = {},
): Reading {
  const [events, gaps, ends, blind]: [JetstreamEvent[], IngestGapRow[], Reading['ends'], Reading['blind']] = [
    [],
    [],
    [],
    [],
  ];
  const { startMicros = 1e15 } = options;
  const place = createPlace({ saved: undefined, startMicros, now: () => new Date() });
  const eventCounts = createEventCounts();
  const stop = new AbortController();
  const source = createJetstreamSource({
    hosts: hosts.map(({ url }) => url),
    lastHost: undefined,
    place,
    eventCounts,
    idleTimeoutMs: 60_000,
    maxPauseMs: 2_000,
    backoff: { next: () => 1, reset: () => {} },
    events: {
      connecting: () => {},
      connected: () => {},
      ended: (host, end, retryInMs) => void ends.push({ host, end, retryInMs }),
      leftOut: (row) => void gaps.push(row),
      blind: (row, host, { collection, witness }) => {
        gaps.push(row);
        blind.push({ host, collection, witness });
      },
    },
    liftTiming: { lookEveryMs: 10, looks: 3, graceMs: 20 },
    ...options,
  });
  const frame = (text: string): void => {
    const parsed = parseFrame(text);
    if (!parsed.ok) return;
    events.push(parsed.event);
    eventCounts.add(parsed.event);
    const gap = place.observe(parsed.event);
    if (gap !== undefined) gaps.push(gap);
  };
  const running = source.run({ frame, isFull: () => false, hasRoom: async () => {} }, stop.signal);
  cleanups.unshift(async () => {
    stop.abort();
    await running;
  });
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { events, gaps, ends, blind, place, until };
}

const keysOf = (events: readonly JetstreamEvent[]) =>
  new Set(events.map((event) => JSON.stringify({ ...event, timeUs: 0, cursor: 0 })));
/** Of what a host without faults brings. */
async function keysOfAll(world: readonly WorldEvent[]): Promise<Set<string>> {
  const host = await startHost();
  sendTo([host], world);
  const whole = read([host]);
  await whole.until(() => whole.events.length === world.length);
  return keysOf(whole.events);
}

/** How many tries followed another without a wait. */
const atOnce = ({ ends }: Reading) => ends.filter(({ retryInMs }) => retryInMs === 0).length;

describe('a frame above the limit', () => {
  const world = worldOf(2_000);

  test('is left out by a host that is asked to, told with its stretch, and everything after it is read', async () => {
    const host = await startHost();
    sendTo([host], world.slice(0, 1_000));
    appendHuge(host);
    sendTo([host], world.slice(1_000));
    const reading = read([host]);
    await reading.until(() => reading.gaps.length === 2);
    expect(reading.ends.map(({ end }) => end.reason)).toEqual(['too_large']);
    expect(host.status().connects).toBe(2);
    expect(reading.gaps.map(({ kind }) => kind)).toEqual(['left_out', 'left_out']);
    expect(new Set(reading.gaps.map(({ gapId }) => gapId)).size).toBe(1);
    expect(keysOf(reading.events)).toEqual(await keysOfAll(world));
  });

  test('that comes once the limit is lifted again is noticed, and told, too', async () => {
    const host = await startHost();
    sendTo([host], world.slice(0, 500));
    appendHuge(host);
    sendTo([host], world.slice(500, 1_000));
    const reading = read([host]);
    await reading.until(() => reading.gaps.length === 2);
    appendHuge(host);
    sendTo([host], world.slice(1_000));
    await reading.until(() => reading.gaps.length === 4);
    expect(new Set(reading.gaps.map(({ gapId }) => gapId)).size).toBe(2);
  });

  test('from a host that ignores the limit has another host read, and the first is not asked again and again', async () => {
    const deaf = await startHost({ weather: { ignoresSizeLimit: true } });
    const good = await startHost({ host: SECOND_HOST });
    for (const host of [deaf, good]) {
      sendTo([host], world.slice(0, 1_000));
      appendHuge(host);
      sendTo([host], world.slice(1_000));
    }
    const reading = read([deaf, good]);
    await reading.until(() => reading.gaps.length === 2);
    expect(deaf.status().connects).toBe(2);
    expect(reading.ends.map(({ end }) => end.reason)).toEqual(['too_large', 'too_large']);
    expect(reading.ends.map(({ retryInMs }) => retryInMs > 0)).toEqual([false, true]);
    expect(good.status().connects).toBe(1);
  });

  test('that no host leaves out is stepped over, with a wait before each try, and told', async () => {
    const deaf = await startHost({ weather: { ignoresSizeLimit: true } });
    sendTo([deaf], world.slice(0, 1_000));
    appendHuge(deaf);
    sendTo([deaf], world.slice(1_000));
    const reading = read([deaf]);
    await reading.until(() => reading.gaps.some(({ kind }) => kind === 'possible'));
    await reading.until(() => reading.gaps.filter(({ kind }) => kind === 'left_out').length === 2);
    expect(deaf.status().connects).toBe(3);
    expect(atOnce(reading)).toBe(1);
    // Not one event too many is stepped over.
    expect(keysOf(reading.events)).toEqual(await keysOfAll(world));
  });
});

describe('a host that ends each connection', () => {
  test.each([
    ['at once, with 1007', { events: 0, code: 1007 }],
    ['at once, with 1008', { events: 0, code: 1008 }],
    ['at once, without fault', { events: 0, code: 1000 }],
    ['after one event', { events: 1, code: 1000 }],
    ['after some events', { events: 300, code: 1001 }],
  ])('%s, is never tried again without a wait', async (_, closesAfter) => {
    const host = await startHost({ weather: { closesAfter } });
    sendTo([host], worldOf(1_000));
    const reading = read([host]);
    await reading.until(() => reading.ends.length >= 12);
    expect(atOnce(reading)).toBe(0);
  });

  test('by refusing it is never tried again without a wait', async () => {
    const host = await startHost({ weather: { unavailable: true } });
    const reading = read([host]);
    await reading.until(() => reading.ends.length >= 12);
    expect(atOnce(reading)).toBe(0);
  });

  test('waits longer and longer, and another host is read meanwhile', async () => {
    const bad = await startHost({ weather: { closesAfter: { events: 1, code: 1008 } } });
    const good = await startHost({ host: SECOND_HOST });
    sendTo([bad, good], worldOf(1_000));
    let resets = 0;
    const reading = read([bad, good], { backoff: { next: () => 1, reset: () => void (resets += 1) } });
    await reading.until(() => reading.events.length >= 1_000);
    expect(bad.status().connects).toBe(2);
    expect(resets).toBe(0);
  });
});

describe('a host that is blind to likes', () => {
  const watchTiming = { everyMs: 20, missingForMs: 100, lookMs: 2_000, marginMicros: 30_000_000 };
  const isLike = (event: JetstreamEvent) => event.kind === 'commit' && event.collection === LIKE;

  /** All of a day, then its second half is what comes while the watch is on. */
  async function twoHosts(
    blindTo: readonly string[],
  ): Promise<{ first: JetstreamServer; second: JetstreamServer; events: WorldEvent[] }> {
    const first = await startHost({ weather: { blindTo } });
    const second = await startHost({ host: SECOND_HOST });
    const events = worldOf(6_000);
    sendTo([first, second], events.slice(0, 1_000));
    return { first, second, events };
  }

  test('is told, and another one is read from where the likes ended: none is missing', async () => {
    const { first, second, events } = await twoHosts([]);
    const reading = read([first, second], { watchTiming });
    await reading.until(() => reading.events.length >= 1_000);
    first.setWeather({ blindTo: [LIKE] });
    await sendSlowly([first, second], events.slice(1_000));
    await reading.until(() => reading.blind.length === 1 && second.status().connects === 2);
    const all = await keysOfAll(events);
    await reading.until(() => keysOf(reading.events).size === all.size);
    expect(reading.blind).toEqual([{ host: first.url, collection: LIKE, witness: second.url }]);
    expect(reading.gaps).toMatchObject([{ host: first.url, kind: 'possible', detail: expect.stringContaining(LIKE) }]);
    expect(first.status().connects).toBe(1);
  });

  test('and is read again since the other one hung up, is left for that one once more: none is missing', async () => {
    const { first, second, events } = await twoHosts([]);
    const witnesses: (string | undefined)[] = [];
    const reading = read([first, second], {
      watchTiming,
      events: {
        connecting: () => {},
        connected: () => {},
        ended: () => {},
        leftOut: () => {},
        blind: (_row, _host, { witness }) => {
          if (witnesses.push(witness) === 1) second.setWeather({ unavailable: true });
        },
      },
    });
    await reading.until(() => reading.events.length >= 1_000);
    first.setWeather({ blindTo: [LIKE] });
    await sendSlowly([first, second], events.slice(1_000, 4_000));
    await reading.until(() => witnesses.length === 1 && first.status().connects === 2 && reading.place.isContinuous());
    second.setWeather({ unavailable: false });
    await sendSlowly([first, second], events.slice(4_000));
    const all = await keysOfAll(events);
    await reading.until(() => keysOf(reading.events).size === all.size);
    expect(witnesses).toEqual([second.url, second.url]);
  });

  test('from its first event on is found too', async () => {
    const { first, second, events } = await twoHosts([LIKE]);
    const reading = read([first, second], { watchTiming });
    await reading.until(() => reading.events.length > 100);
    await sendSlowly([first, second], events.slice(1_000));
    await reading.until(() => reading.blind.length === 1);
    await reading.until(() => reading.events.some(isLike));
    expect(reading.blind).toMatchObject([{ collection: LIKE, witness: second.url }]);
  });

  test('and all others with it, is a network without likes: nobody is blamed, and it is read on', async () => {
    const { first, second, events } = await twoHosts([LIKE]);
    second.setWeather({ blindTo: [LIKE] });
    const reading = read([first, second], { watchTiming: { ...watchTiming, lookMs: 200 } });
    await reading.until(() => reading.events.length > 100);
    await sendSlowly([first, second], events.slice(1_000));
    await reading.until(() => second.status().connects === 1 && second.status().readers === 0);
    sendTo([first], worldOf(100));
    expect([reading.blind, reading.gaps, reading.ends]).toEqual([[], [], []]);
    expect(first.status().connects).toBe(1);
  });

  test('and is the only one, is told when it has brought them before, and read on', async () => {
    const host = await startHost();
    const events = worldOf(26_000);
    const reading = read([host], { watchTiming });
    await sendSlowly([host], events.slice(0, 24_000));
    await reading.until(() => reading.events.length >= 24_000);
    await new Promise((resolve) => setTimeout(resolve, 5 * watchTiming.everyMs));
    host.setWeather({ blindTo: [LIKE] });
    await sendSlowly([host], events.slice(24_000));
    await reading.until(() => reading.blind.length === 1);
    expect(reading.blind).toEqual([{ host: host.url, collection: LIKE, witness: undefined }]);
    expect(reading.gaps).toMatchObject([
      { kind: 'possible', detail: expect.stringContaining('no other host could be asked') },
    ]);
    expect([reading.ends, host.status().connects]).toEqual([[], 1]);
  });

  test('by a filter in its address is asked for nothing else', async () => {
    const { first, second, events } = await twoHosts([]);
    const reading = read([], { hosts: [`${first.url}?wantedCollections=app.bsky.feed.post`, second.url], watchTiming });
    await sendSlowly([first, second], events.slice(1_000));
    await reading.until(() => reading.events.length > 300);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(reading.blind).toEqual([]);
    expect(second.status().connects).toBe(0);
  });
});

describe('a second look at a host', () => {
  const events = worldOf(3_000);
  const microsAt = (index: number) => events[index]?.timeUs ?? 0;
  /** Asks for the likes of the middle third. */
  async function look(options: JetstreamServerOptions): Promise<SecondLook> {
    const host = await startHost(options);
    sendTo([host], events);
    const stretch = { fromMicros: microsAt(1_000), toMicros: microsAt(2_000) };
    return lookAtHost({ host: host.url, collection: LIKE, ...stretch, timeoutMs: 600 }, new AbortController().signal);
  }

  test('finds what it brings', async () => {
    expect(await look({})).toBe('brings');
  });

  test('finds that it brings none', async () => {
    expect(await look({ weather: { blindTo: [LIKE] } })).toBe('brings none');
  });

  test('is no answer while the host is still replaying what came long before', async () => {
    expect(await look({ weather: { blindTo: [LIKE], replayEvents: 1_000 }, readerRate: 100 })).toBe('unknown');
  });

  test('is no answer when the host does not take it', async () => {
    expect(await look({ weather: { unavailable: true } })).toBe('unknown');
    expect(await look({ weather: { closesAfter: { events: 0, code: 1000 } } })).toBe('unknown');
  });
});
