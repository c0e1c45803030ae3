import { expect, test } from 'vitest';
import { createValidityThread } from './validity-thread.ts';

const GOOD = JSON.stringify({ $type: 'app.bsky.feed.post', text: 'x', createdAt: '2026-11-20T10:00:00Z' });
const BAD = JSON.stringify({ $type: 'app.bsky.feed.post', text: 7, createdAt: '2026-11-20T10:00:00Z' });

test('the thread judges records in order, lets pass what is not JSON, and is replaced when it is lost', async () => {
  const thread = createValidityThread({ onLost: () => {} });
  expect(await thread.areValid([GOOD, BAD, 'no JSON'])).toEqual([true, false, true]);
  const asked = thread.areValid(Array.from({ length: 5_000 }, () => GOOD));
  const outcome = asked.then(
    () => 'judged',
    (error: unknown) => String(error),
  );
  await thread.close();
  expect(await outcome).toContain('has ended');
  expect(await thread.areValid([BAD, GOOD])).toEqual([false, true]);
  await thread.close();
});
