import { expect, test } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

test('a rate limit forgets names beyond its bound, and fills up with time', () => {
  let nowMs = 0;
  const limit = createRateLimit({ burst: 2, perSecond: 1 }, { maxNames: 2, now: () => nowMs });
  expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([true, true, false]);
  nowMs += 1_000;
  expect([limit.take('a'), limit.take('a')]).toEqual([true, false]);
  nowMs += 2_000;
  expect([limit.take('a', 3), limit.take('a', 2), limit.take('a')]).toEqual([false, true, false]);
  limit.take('b');
  limit.take('c');
  expect(limit.take('a')).toBe(true);
});
