import type { DeletionPlan } from '../repository/plan-deletions.ts';
import type { CleanupRule } from './deletions.ts';
import type { CleanupJob } from './job.ts';
import type { KeepOptions } from './keep.ts';

/** What a job is to do. */
export interface JobTask {
  readonly rule: CleanupRule;
  readonly keep: KeepOptions;
  readonly plan: Pick<DeletionPlan, 'total' | 'kept' | 'byType'>;
}

/** A job that has done nothing yet, still without its token. */
export function newJob(
  jobId: string,
  repo: string,
  { rule, keep, plan }: JobTask,
  nowMs: number,
): Omit<CleanupJob, 'refreshToken'> {
  return {
    jobId,
    repo,
    cleanupTypes: rule.types,
    deleteOlderThan: rule.olderThanMs,
    keep,
    kept: plan.kept,
    byType: plan.byType,
    estNumRemaining: plan.total,
    ...NOTHING_DONE,
    nextRunAt: nowMs,
    createdAt: nowMs,
    updatedAt: nowMs,
  };
}

export const NOTHING_DONE = {
  numDeleted: 0,
  numDeletedToday: 0,
  pointsHour: 0,
  pointsToday: 0,
  today: 0,
  hourStartedAt: 0,
  jobState: 'queued',
  stateReason: '',
  numFailures: 0,
  inFlight: [],
  claimed: [],
  setAside: [],
  writesPerCall: 0,
  lastDeletedAt: 0,
} as const;
