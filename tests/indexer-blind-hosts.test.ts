import type { StreamEvent } from '@updraft/jetstream';
import { type JetstreamServer, SECOND_HOST, type WorldEvent } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { keysOf, keysOfAll, LIKE, read, sendSlowly, sendTo, startHost, worldOf } from './indexer/hosts.ts';

describe('a host that is blind to likes', () => {
  const watchTiming = { everyMs: 20, missingForMs: 100, probeMs: 20_000, marginMicros: 30_000_000 };
  const isLike = (event: StreamEvent) => event.kind === 'commit' && event.collection === LIKE;

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
        blind: (_row, _host, { witness }) => {
          if (witnesses.push(witness) === 1) second.setWeather({ unavailable: true });
        },
      },
    });
    await reading.until(() => reading.events.length >= 1_000);
    first.setWeather({ blindTo: [LIKE] });
    await sendSlowly([first, second], events.slice(1_000, 4_000));
    await reading.until(
      () => witnesses.length === 1 && first.status().connects === 2 && reading.position.isContinuous(),
    );
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
    const reading = read([first, second], { watchTiming: { ...watchTiming, probeMs: 200 } });
    await reading.until(() => reading.events.length > 100);
    await sendSlowly([first, second], events.slice(1_000));
    await reading.until(() => second.status().connects >= 1 && second.status().readers === 0);
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
