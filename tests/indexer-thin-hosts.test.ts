import { type JetstreamServer, SECOND_HOST, type WorldEvent } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { keysOf, keysOfAll, LIKE, type Reading, read, sendTo, startHost, worldOf } from './indexer/hosts.ts';

const HOUR = 3_600_000_000;
const compareTiming = { everyMs: 50, stretchMicros: 2 * HOUR, marginMicros: HOUR / 60, timeoutMs: 60_000 };
const world = worldOf(9_000);

/** Sends at the pace at which the first host is read, until `isEnough`; then the rest at once. */
async function sendInStep(
  hosts: readonly JetstreamServer[],
  events: readonly WorldEvent[],
  reading: Reading,
  isEnough: () => boolean,
): Promise<void> {
  const [first] = hosts;
  let at = 0;
  for (; at < events.length && !isEnough(); at += 50) {
    sendTo(hosts, events.slice(at, at + 50));
    // The last few may be among what is left out.
    await reading.until(() => isEnough() || (reading.events.at(-1)?.cursor ?? 0) > (first?.log.nextSeq ?? 0) - 60);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  sendTo(hosts, events.slice(at));
}

describe('a host that brings the likes of a third of the accounts only', () => {
  test('is noticed by a comparison with another one, told and left: none is missing', async () => {
    const [first, second] = [await startHost({ v2: {} }), await startHost({ v2: {}, host: SECOND_HOST })];
    sendTo([first, second], world.slice(0, 1_000));
    const outcomes: string[] = [];
    const reading = read([], {
      hosts: [first.v2Url, second.v2Url],
      compareTiming,
      events: { compared: (host, other, outcome) => void outcomes.push(`${host} ${other} ${outcome}`) },
    });
    await reading.until(() => reading.events.length >= 1_000);
    first.setWeather({ thins: [LIKE] });
    await sendInStep([first, second], world.slice(1_000), reading, () => reading.blind.length === 1);
    await reading.until(() => reading.blind.length === 1);
    const all = await keysOfAll(world, 'v2');
    await reading.until(() => keysOf(reading.events).size === all.size);
    expect(outcomes).toContain(`${first.v2Url} ${second.v2Url} thinner`);
    expect(reading.blind).toEqual([{ host: first.v2Url, collection: LIKE, witness: second.v2Url }]);
    expect(reading.gaps).toMatchObject([
      { host: first.v2Url, kind: 'possible', detail: expect.stringContaining(LIKE) },
    ]);
    expect(reading.ends.map(({ end }) => end.reason)).toEqual(['blind']);
  });

  test('is not left for one that does the same, nor one that brings all for it', async () => {
    const [first, second] = [await startHost({ v2: {} }), await startHost({ v2: {}, host: SECOND_HOST })];
    second.setWeather({ thins: [LIKE] });
    sendTo([first, second], world.slice(0, 1_000));
    const outcomes: string[] = [];
    const reading = read([], {
      hosts: [first.v2Url, second.v2Url],
      compareTiming,
      events: { compared: (_host, _other, outcome) => void outcomes.push(outcome) },
    });
    await reading.until(() => reading.events.length >= 1_000);
    await sendInStep([first, second], world.slice(1_000, 5_000), reading, () => outcomes.length > 0);
    await reading.until(() => outcomes.length > 0);
    first.setWeather({ thins: [LIKE] });
    const before = outcomes.length;
    await sendInStep([first, second], world.slice(5_000), reading, () => outcomes.length > before + 1);
    await reading.until(() => outcomes.length > before + 1);
    expect(new Set(outcomes)).toEqual(new Set(['alike']));
    expect([reading.blind, reading.gaps, reading.ends]).toEqual([[], [], []]);
  });
});
