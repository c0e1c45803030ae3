import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchPace } from './pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const OPTIONS = { idleTimeoutMs: 20_000, minBytesPerSecond: 1_000 };

test('a server that sends nothing is given up after the idle time', () => {
  using pace = watchPace(OPTIONS);
  vi.advanceTimersByTime(19_999);
  expect(pace.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect([pace.signal.aborted, pace.complaint()]).toEqual([true, 'sent nothing for 20 s']);
});

test('a byte now and then does not hold the place', () => {
  using pace = watchPace(OPTIONS);
  for (let second = 0; second < 30; second += 5) {
    pace.arrived(1);
    vi.advanceTimersByTime(5_000);
  }
  expect([pace.signal.aborted, pace.complaint()]).toEqual([true, 'sends less than 1000 bytes a second']);
});

test('a server may think before its first byte, and is measured from there on', () => {
  using pace = watchPace(OPTIONS);
  vi.advanceTimersByTime(19_000);
  for (let second = 0; second < 60; second++) {
    pace.arrived(1_000);
    vi.advanceTimersByTime(1_000);
  }
  expect(pace.signal.aborted).toBe(false);
});
