import { expect, test } from 'vitest';
import { createBusyHosts } from './busy-hosts.ts';

test('a host that asks to be left alone is asked last, and no sooner than it says', () => {
  let now = 1_000;
  const busy = createBusyHosts(() => now);
  expect(busy.firstFree(['a', 'b', 'c'])).toBe('a');
  busy.asked('a', { retryAfterMs: 5_000 });
  busy.asked('b', { retryAfterMs: undefined });
  expect([busy.firstFree(['a', 'b', 'c']), busy.waitMs('a'), busy.waitMs('b')]).toEqual(['b', 5_000, 0]);
  busy.asked('b', { retryAfterMs: 9_000 });
  busy.asked('c', { retryAfterMs: 7_000 });
  expect(busy.firstFree(['b', 'c', 'a'])).toBe('a');
  now += 5_000;
  expect(busy.waitMs('a')).toBe(0);
});
