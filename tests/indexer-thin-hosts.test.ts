import { SECOND_HOST } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { keysOf, keysOfAll, LIKE, read, sendSlowly, sendTo, startHost, worldOf } from './indexer/hosts.ts';

const HOUR = 3_600_000_000;
const compareTiming = { everyMs: 50, stretchMicros: 2 * HOUR, marginMicros: HOUR / 60, timeoutMs: 5_000 };
const world = worldOf(9_000);

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
    await sendSlowly([first, second], world.slice(1_000));
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
    await sendSlowly([first, second], world.slice(1_000, 5_000));
    await reading.until(() => outcomes.length > 0);
    first.setWeather({ thins: [LIKE] });
    const before = outcomes.length;
    for (let at = 5_000; at < 9_000 && outcomes.length <= before + 1; at += 500) {
      await sendSlowly([first, second], world.slice(at, at + 500));
    }
    expect(new Set(outcomes)).toEqual(new Set(['alike']));
    expect([reading.blind, reading.gaps, reading.ends]).toEqual([[], [], []]);
  });
});
