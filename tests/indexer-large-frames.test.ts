import { SECOND_HOST } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { appendHuge, atOnce, keysOf, keysOfAll, read, sendTo, startHost, worldOf } from './indexer/hosts.ts';

describe('a frame above the limit', () => {
  const world = worldOf(2_000);

  test('is left out by a host that is asked to, told with its stretch, and everything after it is read', async () => {
    const host = await startHost();
    sendTo([host], world.slice(0, 1_000));
    appendHuge(host);
    sendTo([host], world.slice(1_000));
    const expected = await keysOfAll(world);
    const reading = read([host]);
    // Not by their number: a resume reads some of them again.
    await reading.until(() => reading.gaps.length === 2 && keysOf(reading.events).size >= expected.size);
    expect(reading.ends.map(({ end }) => end.reason)).toEqual(['too_large']);
    expect(host.status().connects).toBe(2);
    expect(reading.gaps.map(({ kind }) => kind)).toEqual(['left_out', 'left_out']);
    expect(new Set(reading.gaps.map(({ gapId }) => gapId)).size).toBe(1);
    expect(keysOf(reading.events)).toEqual(expected);
  });

  test('is left out by a host of v2, which is asked for everything again by a new connection', async () => {
    const host = await startHost({ v2: {} });
    sendTo([host], world.slice(0, 1_000));
    appendHuge(host);
    sendTo([host], world.slice(1_000));
    const reading = read([], { hosts: [host.v2Url] });
    await reading.until(() => reading.gaps.length === 2 && host.status().connects === 3);
    expect(reading.ends.map(({ end }) => end.reason)).toEqual(['too_large', 'lifted']);
    const later = worldOf(100);
    sendTo([host], later);
    await reading.until(() => reading.events.at(-1)?.cursor === host.log.nextSeq - 1);
    expect(reading.gaps.map(({ kind }) => kind)).toEqual(['left_out', 'left_out']);
    expect(keysOf(reading.events)).toEqual((await keysOfAll(world, 'v2')).union(await keysOfAll(later, 'v2')));
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
    // Not one event too many is stepped over.
    const expected = await keysOfAll(world);
    await reading.until(() => keysOf(reading.events).size >= expected.size);
    expect(keysOf(reading.events)).toEqual(expected);
    expect(deaf.status().connects).toBe(3);
    expect(atOnce(reading)).toBe(1);
  });
});
