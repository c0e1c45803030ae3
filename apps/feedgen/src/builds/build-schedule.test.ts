import { expect, test } from 'vitest';
import { type Build, feedPost } from './build.ts';
import { type BuildOutcome, createBuildSchedule } from './build-schedule.ts';

const REFRESH_MS = 20;
/** A build that is not due again for an hour. */
const fresh: Build = {
  id: 'fresh',
  asOfMs: Date.now() + 3_600_000,
  posts: [feedPost('at://did:plc:a/app.bsky.feed.post/b')],
};

test.each([
  ['fails', async () => Promise.reject(new Error('ClickHouse is away'))],
  ['is made by another instance, which may not have seen the change,', async (): Promise<BuildOutcome> => 'busy'],
] as const)('a wanted build that %s is still wanted', async (_how, build) => {
  const schedule = createBuildSchedule(REFRESH_MS, () => fresh);
  expect(schedule.isDue()).toBe(false);
  schedule.buildSoon();
  expect(schedule.isDue()).toBe(true);
  await schedule.during(build).catch(() => {}); // the failure is the builder's to log
  await expect.poll(() => schedule.isDue()).toBe(true);
  await schedule.during(async () => 'built');
  expect(schedule.isDue()).toBe(false);
});

test('a feed without a build is due, and an empty build is soon followed by the next', async () => {
  let current: Build | undefined;
  const schedule = createBuildSchedule(3_600_000, () => current);
  expect(schedule.isDue()).toBe(true);
  current = { id: 'empty', asOfMs: Date.now() - 4_000, posts: [] };
  expect(schedule.isDue()).toBe(true);
  for (let n = 0; n < 20; n++) await schedule.during(async () => 'busy'); // another instance builds, for long
  expect(schedule.isDue()).toBe(true);
  for (let n = 0; n < 20; n++) await schedule.during(async () => 'built');
  expect(schedule.isDue()).toBe(false); // less and less often
});
