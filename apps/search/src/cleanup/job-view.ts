import type { StoredCleanupJob } from '@updraft/store';
import { isEnded } from './job.ts';
import { KEEP_REASONS, type KeepOptions, type KeptCounts } from './keep.ts';
import { toJob } from './stored-job.ts';

/** A job as people see it; everybody who may see it, so without its token. Times are ISO 8601, null for never. */
export function jobView(stored: StoredCleanupJob): Record<string, unknown> {
  const job = toJob(stored);
  const isBeingCancelled = stored.isCancelRequested && !isEnded(job);
  return {
    job_id: job.jobId,
    repo: job.repo,
    cleanup_types: job.cleanupTypes,
    delete_older_than: iso(job.deleteOlderThan),
    ...keepView(job.repo, job.keep),
    num_deleted: job.numDeleted + job.claimed.length,
    num_unconfirmed: job.claimed.length,
    num_deleted_today: job.today === Math.floor(Date.now() / 86_400_000) ? job.numDeletedToday : 0,
    est_num_remaining: job.estNumRemaining,
    num_kept: keptView(job.kept),
    not_deleted: job.setAside.map(({ path, reason, numTries }) => ({
      uri: `at://${job.repo}/${path}`,
      reason,
      num_tries: numTries,
    })),
    job_state: isBeingCancelled ? 'cancelled' : job.jobState,
    state_reason: job.stateReason,
    next_run_at: isEnded(job) || isBeingCancelled ? null : iso(job.nextRunAt),
    created_at: iso(job.createdAt),
    updated_at: iso(job.updatedAt),
    last_deleted_at: iso(job.lastDeletedAt),
  };
}

/** What the owner asked to keep, by the names of the request. */
export function keepView(did: string, { pinned, threads, minLikes, paths }: KeepOptions): Record<string, unknown> {
  return {
    keep_pinned: pinned,
    keep_threads: threads,
    keep_min_likes: minLikes ?? null,
    keep_uris: paths.map((path) => `at://${did}/${path}`),
  };
}

/** How many records stay, by the reason: all reasons, also those of none. */
export function keptView(kept: KeptCounts): Record<string, number> {
  return Object.fromEntries(KEEP_REASONS.map((reason) => [reason, kept[reason] ?? 0]));
}

function iso(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}
