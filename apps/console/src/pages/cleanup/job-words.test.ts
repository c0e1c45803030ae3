import { expect, it } from 'vitest';
import { headingOf, isEnded, perMinute, shareDone } from './job-words.ts';

it('a job that waits says whether that is trouble', () => {
  const job = { job_state: 'waiting', state_reason: '', num_failures: 0 } as const;
  expect(headingOf(job)).toBe('Your clean-up pauses');
  expect(headingOf({ ...job, num_failures: 2 })).toMatch('trouble');
  expect([isEnded(job), isEnded({ job_state: 'failed' })]).toEqual([false, true]);
});

it('its share is unknown while it has found nothing', () => {
  expect(shareDone({ num_deleted: 0, est_num_remaining: 0 })).toBeUndefined();
  expect(shareDone({ num_deleted: 30, est_num_remaining: 90 })).toBe(0.25);
});

it('its rate is what was deleted between two answers', () => {
  const from = { atMs: 0, deleted: 100 };
  expect(perMinute(from, { atMs: 30_000, deleted: 300 })).toBe(400);
  expect(perMinute(from, { atMs: 30_000, deleted: 100 })).toBeUndefined();
  expect(perMinute(from, { atMs: 0, deleted: 200 })).toBeUndefined();
  expect(perMinute(undefined, from)).toBeUndefined();
});
