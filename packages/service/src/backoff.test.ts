import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoff } from './backoff.ts';
import { sleep } from './sleep.ts';

describe('a backoff', () => {
  test('waits between minMs and a ceiling that doubles up to maxMs', () => {
    const longest = backoff({ minMs: 100, maxMs: 1000, random: () => 1 });
    expect([1, 2, 3, 4, 5].map(() => longest.next())).toEqual([200, 400, 800, 1000, 1000]);
    const shortest = backoff({ minMs: 100, maxMs: 1000, random: () => 0 });
    expect([1, 2, 3].map(() => shortest.next())).toEqual([100, 100, 100]);
  });

  test('begins again after a success', () => {
    const waits = backoff({ minMs: 100, maxMs: 1000, random: () => 1 });
    waits.next();
    waits.next();
    waits.reset();
    expect(waits.next()).toBe(200);
  });

  test('stays within its bounds however often it is asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e4 }),
        fc.nat(1e6),
        fc.integer({ min: 1, max: 2000 }),
        (minMs, more, times) => {
          const waits = backoff({ minMs, maxMs: minMs + more });
          for (let i = 0; i < times; i++) {
            const wait = waits.next();
            expect(wait >= minMs && wait <= minMs + more && Number.isInteger(wait)).toBe(true);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('sleep', () => {
  test('ends by itself', async () => {
    await expect(sleep(1)).resolves.toBeUndefined();
    await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined();
  });

  test('is cut short with the signal’s reason', async () => {
    const stop = new AbortController();
    const sleeping = sleep(1_000_000, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(sleeping).rejects.toThrow('stopped');
    await expect(sleep(1_000_000, stop.signal)).rejects.toThrow('stopped');
  });
});
