import { CLEANUP_TYPES, type CleanupJobView, KEEP_REASONS, type StartedCleanup } from '@updraft/console-api/views';
import type { StoredCleanupJob } from '@updraft/store';
import { dayOf } from '../days.ts';
import { expectedEnd, type JobPolicy } from './allowance.ts';
import { type CleanupJob, isEnded } from './job.ts';
import type { KeepOptions } from './keep.ts';
import { NOTHING_DONE } from './new-job.ts';
import type { CleanupStart } from './start-cleanup.ts';
import { toJob } from './stored-job.ts';

/** A job as its owner sees it, without what it signs in with. */
export function jobView(stored: StoredCleanupJob, policy: JobPolicy): CleanupJobView {
  const job = toJob(stored);
  return {
    job_id: job.jobId,
    repo: job.repo,
    cleanup_types: job.cleanupTypes,
    delete_older_than: iso(job.deleteOlderThan),
    ...keepView(job.repo, job.keep),
    ...progressView(job),
    not_deleted: job.setAside.map(({ path, reason, numTries }) => ({
      uri: `at://${job.repo}/${path}`,
      reason,
      num_tries: numTries,
    })),
    state_reason: job.stateReason,
    num_failures: job.numFailures,
    max_per_hour: policy.maxPerHour,
    max_per_day: policy.maxPerDay,
    ...stateView(job, stored.isCancelRequested, policy),
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

function progressView(job: CleanupJob) {
  return {
    num_deleted: job.numDeleted + job.claimed.length,
    num_unconfirmed: job.claimed.length,
    num_deleted_today: job.today === dayOf(Date.now()) ? job.numDeletedToday : 0,
    est_num_remaining: job.estNumRemaining,
    num_by_type: countsOf(CLEANUP_TYPES, job.byType),
    num_kept: countsOf(KEEP_REASONS, job.kept),
  };
}

function stateView(job: CleanupJob, isCancelRequested: boolean, policy: JobPolicy) {
  const isOver = isEnded(job) || isCancelRequested;
  const goesOnAt = Math.max(Date.now(), job.nextRunAt);
  return {
    job_state: isOver && !isEnded(job) ? 'cancelled' : job.jobState,
    next_run_at: isOver ? null : iso(job.nextRunAt),
    expected_end_at: isOver ? null : iso(expectedEnd(job, job.estNumRemaining, goesOnAt, policy) ?? 0),
  } as const;
}

const DRY_RUN = 'this was a dry run: nothing is deleted';
const KEEP_SECRET = '; keep job_secret: it is shown only now, and needed to see or cancel the job';

/** What a dry run found, or the job that began. */
export function startView({ job, did, olderThanMs, plan }: CleanupStart, policy: JobPolicy): StartedCleanup {
  const start = {
    num_enqueued: plan.total,
    dry_run: job === undefined,
    repo: did,
    delete_older_than: new Date(olderThanMs).toISOString(),
  };
  const found = {
    num_by_type: countsOf(CLEANUP_TYPES, plan.byType),
    num_kept: countsOf(KEEP_REASONS, plan.kept),
    expected_end_at: iso(expectedEnd(NOTHING_DONE, plan.total, Date.now(), policy) ?? 0),
    sample: plan.first.map(({ type, collection, rkey }) => ({ type, uri: `at://${did}/${collection}/${rkey}` })),
  };
  if (job === undefined) return { ...start, ...found, message: DRY_RUN };
  const { jobId, secret, isOlder } = job;
  const what = isOlder ? 'this account has a job already, which is this one' : `${plan.total} records will be deleted`;
  return {
    ...start,
    ...(isOlder ? {} : found),
    message: secret === undefined ? what : what + KEEP_SECRET,
    job_id: jobId,
    ...(secret !== undefined && { job_secret: secret }),
  };
}

/** The count of each name, 0 where there is none. */
function countsOf<T extends string>(names: readonly T[], counts: Partial<Record<T, number>>): Record<T, number> {
  return Object.fromEntries(names.map((name) => [name, counts[name] ?? 0])) as Record<T, number>;
}

function iso(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}
