import type { RepoCleanupJobRow } from '@updraft/store';
import { DAY_MS, dayOf } from '../days.ts';

/** How fast a job may delete, and how long it keeps trying. */
export interface JobPolicy {
  readonly maxPerHour: number;
  readonly maxPerDay: number;
  /** A job fails after this many tries in a row without a deletion. */
  readonly maxFailures: number;
  /** The wait after the first failure; it doubles with each, up to maxWaitMs. */
  readonly minWaitMs: number;
  readonly maxWaitMs: number;
}

/** What a job has sent. A server counts refused deletions too. */
export type Spending = Pick<
  RepoCleanupJobRow,
  'pointsHour' | 'hourStartedAt' | 'pointsToday' | 'numDeletedToday' | 'today'
>;

export interface Allowance {
  readonly count: number;
  readonly resetsAt: number;
}

const HOUR_MS = 3_600_000;

/** Below what a PDS allows (5,000 points an hour, 35,000 a day), so that the owner can still post. Tries for about two days. */
export const DEFAULT_POLICY: JobPolicy = {
  maxPerHour: 4_000,
  maxPerDay: 30_000,
  maxFailures: 20,
  minWaitMs: 60_000,
  maxWaitMs: 4 * HOUR_MS,
};

/** How many deletions may be sent now, and when more may be sent. */
export function allowance(job: Spending, nowMs: number, policy: JobPolicy = DEFAULT_POLICY): Allowance {
  const { pointsHour, pointsToday, hourStartedAt } = atTime(job, nowMs);
  const [hourly, daily] = [policy.maxPerHour - pointsHour, policy.maxPerDay - pointsToday];
  const resetsAt = daily <= 0 ? (dayOf(nowMs) + 1) * DAY_MS : hourStartedAt + HOUR_MS;
  return { count: Math.max(0, Math.min(hourly, daily)), resetsAt };
}

const MAX_WAIT_MS = 366 * DAY_MS;

/** When so many deletions more will have been sent, if nothing fails; undefined beyond a year. */
export function expectedEnd(
  job: Spending,
  count: number,
  fromMs: number,
  policy: JobPolicy = DEFAULT_POLICY,
): number | undefined {
  let [spent, left, atMs] = [job, count, fromMs];
  while (left > 0 && atMs < fromMs + MAX_WAIT_MS) {
    const sent = Math.min(allowance(spent, atMs, policy).count, left);
    [spent, left] = [spend(spent, sent, atMs), left - sent];
    if (left > 0) atMs = allowance(spent, atMs, policy).resetsAt;
  }
  return left > 0 ? undefined : atMs;
}

/** The job after it sent `points` deletions. */
export function spend<T extends Spending>(job: T, points: number, nowMs: number): T {
  const now = atTime(job, nowMs);
  return { ...now, pointsHour: now.pointsHour + points, pointsToday: now.pointsToday + points };
}

/** The job with `change` more, or fewer, records deleted today. */
export function countToday<T extends Spending>(job: T, change: number, nowMs: number): T {
  const now = atTime(job, nowMs);
  return { ...now, numDeletedToday: Math.max(0, now.numDeletedToday + change) };
}

/** The job with the counts of past hours and days reset. */
function atTime<T extends Spending>(job: T, nowMs: number): T {
  const today = dayOf(nowMs);
  const sameDay = job.today === today ? job : { ...job, today, pointsToday: 0, numDeletedToday: 0 };
  return nowMs - job.hourStartedAt < HOUR_MS ? sameDay : { ...sameDay, hourStartedAt: nowMs, pointsHour: 0 };
}
