import type { CleanupType } from './deletions.ts';

export type JobState = 'queued' | 'running' | 'waiting' | 'completed' | 'cancelled' | 'failed';

/** A clean-up. Times are milliseconds since 1970, 0 for never. */
export interface CleanupJob {
  readonly jobId: string;
  /** DID. */
  readonly repo: string;
  readonly cleanupTypes: readonly CleanupType[];
  readonly deleteOlderThan: number;
  /** Sealed; '' once the job has ended. */
  readonly refreshToken: string;
  readonly numDeleted: number;
  readonly numDeletedToday: number;
  readonly numDeletedHour: number;
  /** Days since 1970 (UTC) that numDeletedToday counts. */
  readonly today: number;
  readonly hourStartedAt: number;
  readonly estNumRemaining: number;
  readonly jobState: JobState;
  readonly stateReason: string;
  /** Tries in a row that deleted nothing. */
  readonly numFailures: number;
  /** `collection/rkey` of the batch whose outcome is not recorded yet. */
  readonly inFlight: readonly string[];
  readonly nextRunAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastDeletedAt: number;
}

/** What happened to a job. */
export type JobEvent =
  | { readonly kind: 'started' }
  /** The session goes on with this token, sealed. */
  | { readonly kind: 'refreshed'; readonly refreshToken: string }
  /** The repository was read: so much is left, and so many of the batch in flight turned out to be gone. */
  | { readonly kind: 'listed'; readonly numRemaining: number; readonly numSettled: number }
  /** This batch is about to be deleted. */
  | { readonly kind: 'intended'; readonly writes: readonly string[] }
  /** The batch in flight is deleted. */
  | { readonly kind: 'deleted' }
  /** Our own allowance is used up: no failure. */
  | { readonly kind: 'paused'; readonly untilMs: number; readonly reason: string }
  /** It did not go on; tried again later, at the earliest at `notBeforeMs`. `jitter` is in [0, 1). */
  | {
      readonly kind: 'troubled';
      readonly reason: string;
      readonly notBeforeMs?: number | undefined;
      readonly jitter: number;
    }
  | { readonly kind: 'completed' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly reason: string };

/** How fast a job may delete, and how long it goes on trying. */
export interface JobPolicy {
  readonly maxPerHour: number;
  readonly maxPerDay: number;
  /** Tries in a row without a deletion before a job fails. */
  readonly maxFailures: number;
  /** The wait after the first failure; it doubles up to maxWaitMs. */
  readonly minWaitMs: number;
  readonly maxWaitMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Within what a PDS grants (5,000 points an hour, 35,000 a day), so that the owner can still post; about two days of trying. */
export const DEFAULT_POLICY: JobPolicy = {
  maxPerHour: 4_000,
  maxPerDay: 30_000,
  maxFailures: 20,
  minWaitMs: 60_000,
  maxWaitMs: 4 * HOUR_MS,
};

export function isEnded(job: Pick<CleanupJob, 'jobState'>): boolean {
  return job.jobState === 'completed' || job.jobState === 'cancelled' || job.jobState === 'failed';
}

/** The job after the event. A job that has ended never changes. Pure. */
export function advance(
  job: CleanupJob,
  event: JobEvent,
  nowMs: number,
  policy: JobPolicy = DEFAULT_POLICY,
): CleanupJob {
  if (isEnded(job)) return job;
  const next = { ...job, updatedAt: nowMs };
  switch (event.kind) {
    case 'started':
      return { ...next, jobState: 'running', stateReason: '', nextRunAt: nowMs };
    case 'refreshed':
      return { ...next, refreshToken: event.refreshToken };
    case 'listed':
      return { ...countDeleted(next, event.numSettled, nowMs), inFlight: [], estNumRemaining: event.numRemaining };
    case 'intended':
      return { ...next, inFlight: event.writes };
    case 'deleted':
      return {
        ...countDeleted(next, job.inFlight.length, nowMs),
        inFlight: [],
        estNumRemaining: Math.max(0, job.estNumRemaining - job.inFlight.length),
      };
    case 'paused':
      return { ...next, jobState: 'waiting', stateReason: event.reason, nextRunAt: event.untilMs };
    case 'troubled':
      return trouble(next, event, nowMs, policy);
    default:
      return end(next, event);
  }
}

/** How many records may be deleted now, and from when on more may be. */
export function allowance(job: CleanupJob, nowMs: number, policy: JobPolicy = DEFAULT_POLICY): Allowance {
  const hourly = policy.maxPerHour - (nowMs - job.hourStartedAt < HOUR_MS ? job.numDeletedHour : 0);
  const daily = policy.maxPerDay - (job.today === dayOf(nowMs) ? job.numDeletedToday : 0);
  const resetsAt = daily <= 0 ? (dayOf(nowMs) + 1) * DAY_MS : job.hourStartedAt + HOUR_MS;
  return { count: Math.max(0, Math.min(hourly, daily)), resetsAt };
}

export interface Allowance {
  readonly count: number;
  readonly resetsAt: number;
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

function countDeleted(job: CleanupJob, count: number, nowMs: number): CleanupJob {
  if (count === 0) return job;
  const today = dayOf(nowMs);
  const isSameHour = nowMs - job.hourStartedAt < HOUR_MS;
  return {
    ...job,
    numDeleted: job.numDeleted + count,
    numDeletedToday: (job.today === today ? job.numDeletedToday : 0) + count,
    today,
    numDeletedHour: (isSameHour ? job.numDeletedHour : 0) + count,
    hourStartedAt: isSameHour ? job.hourStartedAt : nowMs,
    lastDeletedAt: nowMs,
    numFailures: 0,
  };
}

function trouble(
  job: CleanupJob,
  event: JobEvent & { kind: 'troubled' },
  nowMs: number,
  policy: JobPolicy,
): CleanupJob {
  const numFailures = job.numFailures + 1;
  if (numFailures >= policy.maxFailures) {
    return end(
      { ...job, numFailures },
      { kind: 'failed', reason: `given up after ${numFailures} tries: ${event.reason}` },
    );
  }
  const ceiling = Math.min(policy.minWaitMs * 2 ** (numFailures - 1), policy.maxWaitMs);
  const waitMs = Math.round(ceiling * (0.5 + event.jitter / 2));
  const nextRunAt = Math.max(nowMs + waitMs, Math.min(event.notBeforeMs ?? 0, nowMs + DAY_MS));
  return { ...job, jobState: 'waiting', stateReason: event.reason, numFailures, nextRunAt };
}

function end(job: CleanupJob, event: JobEvent & { kind: 'completed' | 'cancelled' | 'failed' }): CleanupJob {
  const stateReason = event.kind === 'failed' ? event.reason : '';
  return { ...job, jobState: event.kind, stateReason, refreshToken: '', inFlight: [], nextRunAt: 0 };
}
