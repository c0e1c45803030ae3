import { SECOND_HOST } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { atOnce, read, sendTo, startHost, worldOf } from './indexer/hosts.ts';

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
