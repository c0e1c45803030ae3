import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Rewind } from '@updraft/indexer';
import { SECOND_HOST } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { useCleanups } from './indexer/fixtures.ts';
import { keysOf, keysOfAll, type Reading, read, sendTo, startHost, worldOf } from './indexer/hosts.ts';

const cleanups = useCleanups();
const world = worldOf(9_000);
const [first, second] = [world.slice(0, 6_000), world.slice(6_000)];

describe('a server of v2 that is killed and uses 4,000 sequence numbers again, in another order,', () => {
  /** Half of the 4,000 had been sent. What had not may come under numbers that were sent. */
  async function killed(rewind?: Rewind): Promise<Reading> {
    const host = await startHost({ v2: {} });
    sendTo([host], first.slice(0, 4_000));
    const reading = read([], { hosts: [host.v2Url], ...(rewind && { rewind }) });
    await reading.until(() => reading.events.length === 4_000);
    host.setWeather({ unavailable: true });
    host.inject({ kind: 'drop', afterEvents: 0 });
    sendTo([host], first.slice(4_000));
    host.crash(4_000);
    sendTo([host], second);
    host.setWeather({ unavailable: false });
    const all = await keysOfAll(world, 'v2');
    await reading.until(() => keysOf(reading.events).size === all.size && reading.position.isContinuous());
    return reading;
  }

  test('costs no event: the stream is read again from before them', async () => {
    await killed();
  });

  test('is noticed where the resume goes back a little only, told, and read again by time: no event is lost', async () => {
    const reading = await killed('clean');
    expect(reading.ends.map(({ end }) => end.reason)).toContain('went back');
    expect(reading.gaps).toMatchObject([
      { kind: 'possible', detail: expect.stringContaining('sequence numbers again') },
    ]);
  });

  test('and has not yet come as far again as we were, is noticed by its first event', async () => {
    const host = await startHost({ v2: {} });
    sendTo([host], first);
    const reading = read([], { hosts: [host.v2Url], rewind: 'none' });
    await reading.until(() => reading.events.length === first.length);
    host.crash(4_000);
    await reading.until(() => host.status().connects === 2);
    sendTo([host], second);
    const all = await keysOfAll(world, 'v2');
    await reading.until(() => keysOf(reading.events).size === all.size && reading.position.isContinuous());
    expect(reading.ends.at(-1)?.end.reason).toBe('went back');
  });
});

describe('a cursor that is too old', () => {
  test('leaves a gap from the known position on, and the stream goes on with the oldest event of the host, once', async () => {
    const host = await startHost({ v2: {} });
    const notices: string[] = [];
    sendTo([host], world.slice(0, 1_000));
    const reading = read([], { hosts: [host.v2Url], events: { info: (_host, name) => void notices.push(name) } });
    await reading.until(() => reading.events.length === 1_000);
    const known = reading.position.last()?.micros;
    host.setWeather({ unavailable: true });
    host.inject({ kind: 'drop', afterEvents: 0 });
    sendTo([host], world.slice(1_000));
    await reading.until(() => reading.ends.length > 0);
    host.setWeather({ unavailable: false, floorSeq: host.log.firstSeq + 8_000 });
    await reading.until(() => reading.gaps.length === 1);
    await reading.until(() => reading.events.at(-1)?.cursor === host.log.nextSeq - 1);
    expect(reading.gaps).toMatchObject([{ kind: 'possible', fromTime: known }]);
    expect(notices).toEqual(['OutdatedCursor']);
    const { length } = reading.ends;
    expect(reading.ends.at(-1)?.end).toMatchObject({ reason: 'refused', error: { name: 'CursorTooOldError' } });
    sendTo([host], worldOf(500));
    expect(reading.ends).toHaveLength(length);
  });

  test('leaves none when only the rewind was too old: the known events come again', async () => {
    const host = await startHost({ v2: {} });
    sendTo([host], world.slice(0, 1_000));
    const reading = read([], { hosts: [host.v2Url] });
    await reading.until(() => reading.events.length === 1_000);
    host.setWeather({ floorSeq: host.log.firstSeq + 100 });
    host.inject({ kind: 'drop', afterEvents: 0 });
    sendTo([host], world.slice(1_000));
    await reading.until(() => reading.events.at(-1)?.cursor === host.log.nextSeq - 1 && reading.ends.length === 2);
    expect(keysOf(reading.events)).toEqual(await keysOfAll(world, 'v2'));
    expect(reading.gaps).toEqual([]);
  });
});

test('while a host of v1 is read, those of v2 are tried again, and read as soon as one sends: no event is lost', async () => {
  const [old, modern] = [
    await startHost(),
    await startHost({ v2: {}, host: SECOND_HOST, weather: { unavailable: true } }),
  ];
  sendTo([old, modern], first);
  const reading = read([], { hosts: [old.url, modern.v2Url], returnTiming: { everyMs: 20, probeMs: 20_000 } });
  await reading.until(() => reading.events.length >= first.length);
  modern.setWeather({ unavailable: false });
  const isPreferred = () => reading.ends.some(({ end }) => end.reason === 'preferred');
  let sent = 0;
  for (; sent < second.length && !isPreferred(); sent += 10) {
    sendTo([old, modern], second.slice(sent, sent + 10));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  sendTo([old, modern], second.slice(sent));
  await reading.until(isPreferred);
  const all = await keysOfAll(world, 'v2');
  await reading.until(() => keysOf(reading.events).size === all.size);
  expect(modern.status().readers).toBe(1);
  expect(reading.gaps).toEqual([]);
});

test.each([503, 429])(
  'a host that answers %i is left alone as long as it asks for, and another is read meanwhile',
  async (status) => {
    let tries = 0;
    const busy = createServer();
    busy.on('upgrade', (_request, socket) => {
      tries += 1;
      socket.end(`HTTP/1.1 ${status} Busy\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n`);
    });
    await new Promise<void>((resolve) => void busy.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => busy.close());
    const address = `ws://127.0.0.1:${(busy.address() as AddressInfo).port}`;
    const alone = read([], { hosts: [address] });
    await alone.until(() => alone.ends.length === 1);
    expect(alone.ends[0]?.retryInMs).toBe(900_000);
    const good = await startHost({ v2: {}, host: SECOND_HOST, weather: { closesAfter: { events: 2, code: 1011 } } });
    sendTo([good], first.slice(0, 10));
    const both = read([], { hosts: [address, good.v2Url] });
    await both.until(() => both.ends.length >= 8);
    expect(tries).toBe(2);
  },
);

describe('a server that says', () => {
  const short = world.slice(0, 2_000);
  const tooSlow = '{"$type":"error","error":"ConsumerTooSlow","message":"the reader is too far behind"}';
  test('ConsumerTooSlow is read again from the cursor after a wait, as often as it says so: no event is lost', async () => {
    const host = await startHost({ v2: {} });
    const reading = read([], { hosts: [host.v2Url] });
    for (let part = 0; part < 4; part++) {
      await reading.until(() => host.status().connects === part + 1 && host.status().readers === 1);
      host.inject({ kind: 'frame', afterEvents: 100 * part, text: tooSlow });
      sendTo([host], short.slice(500 * part, 500 * (part + 1)));
      await reading.until(() => reading.ends.length === part + 1);
    }
    const all = await keysOfAll(short, 'v2');
    await reading.until(() => keysOf(reading.events).size === all.size);
    expect(keysOf(reading.events)).toEqual(all);
    expect(reading.gaps).toEqual([]);
    for (const { end, retryInMs } of reading.ends) {
      expect(end).toMatchObject({ reason: 'error', error: { name: 'ConsumerTooSlowError' } });
      expect(retryInMs).toBeGreaterThan(0);
    }
  });

  test('FutureCursor, since it was set up anew, is read again by time: no event is lost', async () => {
    const host = await startHost({ v2: {} });
    sendTo([host], short.slice(0, 1_500));
    const notices: string[] = [];
    const reading = read([], {
      hosts: [host.v2Url],
      rewind: 'none',
      events: { info: (_host, name) => void notices.push(name) },
    });
    await reading.until(() => reading.events.length === 1_500);
    host.setWeather({ unavailable: true });
    host.crash(1_300);
    await reading.until(() => reading.ends.length > 0);
    const payload = { $type: 'network.bsky.jetstream.subscribeEvents#info', name: 'FutureCursor', message: 'ahead' };
    host.inject({ kind: 'frame', afterEvents: 0, text: JSON.stringify({ $type: 'message', payload }) });
    host.setWeather({ unavailable: false });
    await reading.until(() => host.status().connects >= 2);
    sendTo([host], short.slice(1_500));
    const all = await keysOfAll(short, 'v2');
    await reading.until(() => keysOf(reading.events).size === all.size && reading.position.isContinuous());
    expect(reading.ends.map(({ end }) => end.reason)).toContain('went back');
    expect(notices).toContain('FutureCursor');
  });
});

test('a refusal for good has the next host read, with the words of the first', async () => {
  const [picky, good] = [await startHost({ v2: {} }), await startHost({ v2: {}, host: SECOND_HOST })];
  sendTo([good], first.slice(0, 10));
  const reading = read([], { hosts: [`${picky.v2Url}?zstdDictionary=1x`, good.v2Url] });
  await reading.until(() => reading.events.length === 10);
  expect(reading.ends[0]?.end).toMatchObject({ reason: 'refused', error: { name: 'InvalidRequestError' } });
  expect(reading.ends[0]?.retryInMs).toBeGreaterThan(0);
});
