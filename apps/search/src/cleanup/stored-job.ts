import type { StoredCleanupJob } from '@updraft/store';
import { CLEANUP_TYPES, type CleanupType } from './deletions.ts';
import type { CleanupJob, JobState } from './job.ts';

/** The job of its row; names of a later version of this program are left out, or stand for a job that failed. */
export function toJob(stored: StoredCleanupJob): CleanupJob {
  const { secretHash: _, isCancelRequested: __, version: ___, jobState, cleanupTypes, ...rest } = stored;
  return {
    ...rest,
    cleanupTypes: cleanupTypes.filter(isCleanupType),
    jobState: STATES.find((state) => state === jobState) ?? 'failed',
  };
}

/** A job as people see it; everybody who may see it, so without its token. Times are ISO 8601, null for never. */
export function jobView(stored: StoredCleanupJob): Record<string, unknown> {
  const isBeingCancelled = stored.isCancelRequested && !ENDED.has(stored.jobState);
  return {
    job_id: stored.jobId,
    repo: stored.repo,
    cleanup_types: stored.cleanupTypes,
    delete_older_than: iso(stored.deleteOlderThan),
    num_deleted: stored.numDeleted,
    num_deleted_today: stored.today === Math.floor(Date.now() / 86_400_000) ? stored.numDeletedToday : 0,
    est_num_remaining: stored.estNumRemaining,
    job_state: isBeingCancelled ? 'cancelled' : stored.jobState,
    state_reason: stored.stateReason,
    next_run_at: ENDED.has(stored.jobState) || isBeingCancelled ? null : iso(stored.nextRunAt),
    created_at: iso(stored.createdAt),
    updated_at: iso(stored.updatedAt),
    last_deleted_at: iso(stored.lastDeletedAt),
  };
}

const STATES: readonly JobState[] = ['queued', 'running', 'waiting', 'completed', 'cancelled', 'failed'];
const ENDED = new Set<string>(['completed', 'cancelled', 'failed']);

function isCleanupType(name: string): name is CleanupType {
  return CLEANUP_TYPES.some((type) => type === name);
}

function iso(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}
