import type { CleanupType, JobState } from '@updraft/console-api/views';
import type { RepoCleanupJobRow } from '@updraft/store';
import { DAY_MS } from '../days.ts';
import type { CountsByType } from '../repository/plan-deletions.ts';
import { countToday, DEFAULT_POLICY, type JobPolicy, spend } from './allowance.ts';
import type { KeepOptions, KeptCounts } from './keep.ts';
import { isLeft, MAX_SET_ASIDE, type Refusal, type SetAside, setAside } from './set-aside.ts';

/** A clean-up: its row, with types, state and JSON decoded. Records are named by their paths, `collection/rkey`. */
export interface CleanupJob extends Omit<RepoCleanupJobRow, 'version' | 'keepJson' | 'keptJson' | 'setAsideJson'> {
  readonly cleanupTypes: readonly CleanupType[];
  readonly keep: KeepOptions;
  /** The records that stayed when the repository was last read. */
  readonly kept: KeptCounts;
  /** What was left to delete then; empty in jobs of earlier versions. */
  readonly byType: CountsByType;
  readonly jobState: JobState;
  readonly setAside: readonly SetAside[];
}

/** What happened to a job. */
export type JobEvent =
  | { readonly kind: 'started' }
  /** The session continues with this token, sealed. */
  | { readonly kind: 'refreshed'; readonly refreshToken: string }
  /** The repository was read: how many records are left to delete, and which of those sent or set aside are still there. */
  | {
      readonly kind: 'listed';
      readonly numRemaining: number;
      readonly stillThere: readonly string[];
      readonly kept: KeptCounts;
      readonly byType: CountsByType;
    }
  /** Deletions of these are about to be sent. */
  | { readonly kind: 'intended'; readonly writes: readonly string[] }
  /** The server says that it has deleted these. */
  | { readonly kind: 'deleted'; readonly writes: readonly string[] }
  /** The server deletes others, but refused each of these alone. */
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'learnt'; readonly writesPerCall: number }
  /** It continues later; nothing is wrong. */
  | { readonly kind: 'paused'; readonly untilMs: number; readonly reason: string }
  /**
   * It could not continue, and tries again later, not before `notBeforeMs`. `jitter` is in [0, 1). `blamed`: the records to name
   * if this was the last try.
   */
  | {
      readonly kind: 'troubled';
      readonly reason: string;
      readonly notBeforeMs?: number | undefined;
      readonly jitter: number;
      readonly blamed?: readonly Refusal[];
    }
  | { readonly kind: 'completed'; readonly reason?: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly reason: string };

export const STILL_THERE = "the account's server says that it is deleted, but it is still there";

export function isEnded(job: Pick<CleanupJob, 'jobState'>): boolean {
  return job.jobState === 'completed' || job.jobState === 'cancelled' || job.jobState === 'failed';
}

/** The job after the event. A job that has ended never changes. */
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
      return listed(next, event, nowMs);
    case 'intended':
      return spend({ ...next, inFlight: union(job.inFlight, event.writes) }, event.writes.length, nowMs);
    case 'deleted':
      return claim(next, event.writes, nowMs);
    case 'refused':
      return refuse(next, event.refusals);
    case 'learnt':
      return { ...next, writesPerCall: event.writesPerCall };
    case 'paused':
      return { ...next, jobState: 'waiting', stateReason: event.reason, nextRunAt: event.untilMs };
    case 'troubled':
      return trouble(next, event, nowMs, policy);
    default:
      return end(next, event);
  }
}

/** Of the records that were sent, how many are gone, and which are still there although the server said otherwise. */
export function outcomeOf(
  { inFlight, claimed }: Pick<CleanupJob, 'inFlight' | 'claimed'>,
  stillThere: readonly string[],
): { readonly numGone: number; readonly refuted: readonly string[] } {
  const there = new Set(stillThere);
  return {
    numGone: [...inFlight, ...claimed].filter((path) => !there.has(path)).length,
    refuted: claimed.filter((path) => there.has(path)),
  };
}

/** Records that are still there stay in flight: a server may show a deletion late, and then it counts. */
function listed(job: CleanupJob, event: JobEvent & { kind: 'listed' }, nowMs: number): CleanupJob {
  const { numGone, refuted } = outcomeOf(job, event.stillThere);
  const there = new Set(event.stillThere);
  const next: CleanupJob = {
    ...countToday(job, numGone - job.claimed.length, nowMs),
    numDeleted: job.numDeleted + numGone,
    kept: event.kept,
    byType: event.byType,
    estNumRemaining: event.numRemaining,
    inFlight: [...job.inFlight, ...job.claimed].filter((path) => there.has(path)),
    claimed: [],
    setAside: job.setAside.filter(({ path }) => there.has(path)),
    ...(numGone > 0 ? { lastDeletedAt: nowMs, numFailures: 0 } : {}),
  };
  // When others are gone, a few that are not are to blame themselves; when none are gone, the server is.
  const known = new Set(next.setAside.map(({ path }) => path));
  const isOfFew = next.numDeleted > 0 && refuted.length <= MAX_SET_ASIDE;
  const blamed = refuted.filter((path) => isOfFew || known.has(path));
  return refuse(
    next,
    blamed.map((path) => ({ path, reason: STILL_THERE })),
  );
}

function claim(job: CleanupJob, writes: readonly string[], nowMs: number): CleanupJob {
  const done = new Set(writes);
  return {
    ...countToday(job, writes.length, nowMs),
    inFlight: job.inFlight.filter((path) => !done.has(path)),
    claimed: union(job.claimed, writes),
    estNumRemaining: Math.max(0, job.estNumRemaining - writes.length),
  };
}

/** Records that were tried often enough no longer count as remaining. */
function refuse(job: CleanupJob, refusals: readonly Refusal[]): CleanupJob {
  const list = setAside(job.setAside, refusals);
  const numNewlyLeft = list.filter(isLeft).length - job.setAside.filter(isLeft).length;
  return { ...job, setAside: list, estNumRemaining: Math.max(0, job.estNumRemaining - numNewlyLeft) };
}

function union(list: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...list, ...more])];
}

function trouble(
  job: CleanupJob,
  event: JobEvent & { kind: 'troubled' },
  nowMs: number,
  policy: JobPolicy,
): CleanupJob {
  const numFailures = job.numFailures + 1;
  if (numFailures >= policy.maxFailures) {
    const named = setAside(job.setAside, (event.blamed ?? []).slice(0, MAX_SET_ASIDE));
    const reason = `given up after ${numFailures} tries: ${event.reason}`;
    return end({ ...job, numFailures, setAside: named }, { kind: 'failed', reason });
  }
  const ceiling = Math.min(policy.minWaitMs * 2 ** (numFailures - 1), policy.maxWaitMs);
  const waitMs = Math.round(ceiling * (0.5 + event.jitter / 2));
  const nextRunAt = Math.max(nowMs + waitMs, Math.min(event.notBeforeMs ?? 0, nowMs + DAY_MS));
  return { ...job, jobState: 'waiting', stateReason: event.reason, numFailures, nextRunAt };
}

function end(job: CleanupJob, event: JobEvent & { kind: 'completed' | 'cancelled' | 'failed' }): CleanupJob {
  const stateReason = event.kind === 'cancelled' ? '' : (event.reason ?? '');
  return { ...job, jobState: event.kind, stateReason, refreshToken: '', inFlight: [], nextRunAt: 0 };
}
