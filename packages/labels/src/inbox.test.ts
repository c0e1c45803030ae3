import { expect, test } from 'vitest';
import { createInbox } from './inbox.ts';

const LIMITS = { maxFrames: 3, gatherMs: 5, quietMs: 5 };
const MIB = 1024 * 1024;

test('frames are taken in their order, so many at a time, then none, and undefined after the last', async () => {
  const inbox = createInbox({ pause: () => {}, resume: () => {} });
  for (let nth = 0; nth < 4; nth++) inbox.put(Uint8Array.of(nth));
  expect((await inbox.take(LIMITS))?.map(([first]) => first)).toEqual([0, 1, 2]);
  inbox.put(Uint8Array.of(4));
  inbox.close();
  expect((await inbox.take(LIMITS))?.map(([first]) => first)).toEqual([3, 4]);
  expect(await inbox.take(LIMITS)).toBeUndefined();
  expect(await createInbox({ pause: () => {}, resume: () => {} }).take(LIMITS)).toEqual([]);
});

test('whoever waits has a full batch at once, and the rest of one when it is gathered', async () => {
  const inbox = createInbox({ pause: () => {}, resume: () => {} });
  const full = inbox.take({ maxFrames: 2, gatherMs: 3_600_000, quietMs: 3_600_000 });
  inbox.put(Uint8Array.of(1));
  inbox.put(Uint8Array.of(2));
  expect(await full).toHaveLength(2);
  const part = inbox.take({ maxFrames: 2, gatherMs: 1, quietMs: 3_600_000 });
  inbox.put(Uint8Array.of(3));
  expect(await part).toHaveLength(1);
});

test('the socket is paused beyond four MiB and resumed when half of them are taken', async () => {
  const calls: string[] = [];
  const inbox = createInbox({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
  for (let nth = 0; nth < 6; nth++) inbox.put(new Uint8Array(MIB));
  expect(calls).toEqual(['pause']);
  expect(await inbox.take(LIMITS)).toHaveLength(3);
  expect(calls).toEqual(['pause']);
  expect(await inbox.take({ ...LIMITS, maxFrames: 1 })).toHaveLength(1);
  expect(calls).toEqual(['pause', 'resume']);
});
