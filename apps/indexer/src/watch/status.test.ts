import { expect, test } from 'vitest';
import { createStatus } from './status.ts';

test('an indexer is alive while events come, while it tries to connect and while it tries to write, and not after long silence of all', () => {
  let [now, events] = [0, 0];
  const status = createStatus({ stalledAfterMs: 1_000, eventCount: () => events, now: () => now });
  const after = (ms: number): boolean => {
    now += ms;
    return status.isLive();
  };
  expect(after(999)).toBe(true);
  expect(after(1)).toBe(false);
  events += 1;
  expect(after(5_000)).toBe(true);
  expect(after(999)).toBe(true);
  status.active();
  expect(after(999)).toBe(true);
  status.connected('wss://a.example/subscribe');
  expect(after(999)).toBe(true);
  expect(after(1)).toBe(false);
});
