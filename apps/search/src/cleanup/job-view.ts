import type { StoredCleanupJob } from '@updraft/store';
import { z } from 'zod';
import { dayOf } from '../days.ts';
import { CLEANUP_TYPES } from './deletions.ts';
import { isEnded, JOB_STATES } from './job.ts';
import { KEEP_REASONS, type KeepOptions, type KeptCounts } from './keep.ts';
import { toJob } from './stored-job.ts';

export const numKept = z.record(z.enum(KEEP_REASONS), z.int());
const time = z.iso.datetime();

/** A job as its owner sees it, without its token. Times are null for never. */
export const cleanupJob = z
  .object({
    job_id: z.string(),
    repo: z.string(),
    cleanup_types: z.array(z.enum(CLEANUP_TYPES)).readonly(),
    delete_older_than: time.nullable(),
    keep_pinned: z.boolean(),
    keep_threads: z.boolean(),
    keep_min_likes: z.int().nullable(),
    keep_uris: z.array(z.string()),
    num_deleted: z.int(),
    num_unconfirmed: z.int(),
    num_deleted_today: z.int(),
    est_num_remaining: z.int(),
    num_kept: numKept,
    not_deleted: z.array(z.object({ uri: z.string(), reason: z.string(), num_tries: z.int() })),
    job_state: z.enum(JOB_STATES),
    state_reason: z.string(),
    next_run_at: time.nullable(),
    created_at: time.nullable(),
    updated_at: time.nullable(),
    last_deleted_at: time.nullable(),
  })
  .meta({ id: 'CleanupJob' });

export function jobView(stored: StoredCleanupJob): z.output<typeof cleanupJob> {
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
    num_deleted_today: job.today === dayOf(Date.now()) ? job.numDeletedToday : 0,
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

/** What the owner asked to keep, under the names of the request. */
function keepView(did: string, { pinned, threads, minLikes, paths }: KeepOptions) {
  return {
    keep_pinned: pinned,
    keep_threads: threads,
    keep_min_likes: minLikes ?? null,
    keep_uris: paths.map((path) => `at://${did}/${path}`),
  };
}

/** How many records stay, for every reason, also 0. */
export function keptView(kept: KeptCounts): z.output<typeof numKept> {
  return countsOf(KEEP_REASONS, kept);
}

/** The count of each name, 0 where there is none. */
export function countsOf<T extends string>(names: readonly T[], counts: Partial<Record<T, number>>): Record<T, number> {
  return Object.fromEntries(names.map((name) => [name, counts[name] ?? 0])) as Record<T, number>;
}

function iso(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}
