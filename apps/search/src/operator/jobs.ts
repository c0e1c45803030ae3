import type { JobsState } from '@updraft/console-api/views';
import { count } from '@updraft/service';
import {
  type CleanupState,
  type FilledAccounts,
  readCleanupStates,
  readFilledAccounts,
  readJobStates,
} from '@updraft/store';
import { describeJob } from './describe-job.ts';
import { isoTime, type OperatorDeps } from './operator-deps.ts';
import { createShared } from './shared.ts';

const MAX_CLEANUPS = 100;
const MAX_JOBS = 100;
const DAY_MS = 86_400_000;

/** Clean-ups without their secrets, and the long work that keeps its progress in job_progress. */
export function createJobsState({ clickhouse, ttlMs }: OperatorDeps): () => Promise<JobsState> {
  return createShared(ttlMs, async (nowMs) => {
    const [cleanups, jobs, filled] = await Promise.all([
      readCleanupStates(clickhouse, MAX_CLEANUPS),
      readJobStates(clickhouse, MAX_JOBS),
      readFilledAccounts(clickhouse, (nowMs - DAY_MS) * 1000),
    ]);
    const work = [...jobs.map(describeJob).filter((job) => job !== undefined), ...describeFilled(filled)];
    return {
      updatedAt: isoTime(nowMs),
      cleanups: cleanups.map(cleanupView),
      work: work.toSorted((a, b) => (a.updatedAt > b.updatedAt ? -1 : 1)),
    };
  });
}

const ENDED = new Set(['completed', 'cancelled', 'failed']);

function cleanupView(job: CleanupState): JobsState['cleanups'][number] {
  const isEnded = ENDED.has(job.jobState) || job.isCancelRequested;
  return {
    jobId: job.jobId,
    repo: job.repo,
    state: job.isCancelRequested && !ENDED.has(job.jobState) ? 'cancelled' : job.jobState,
    deleted: job.numDeleted,
    remaining: job.estNumRemaining,
    startedAt: isoTime(job.createdAt),
    updatedAt: isoTime(job.updatedAt),
    ...(!isEnded && { nextRunAt: isoTime(job.nextRunAt) }),
    error: job.stateReason,
  };
}

/** In one line and without names: an account that was asked for may be a viewer. */
function describeFilled({ filled, refused, records, lastMicros }: FilledAccounts): JobsState['work'] {
  if (lastMicros === 0) return [];
  const none = refused === 0 ? '' : `; ${count(refused)} accounts had none to bring in`;
  const detail = `in 24 hours ${count(filled)} brought in, with ${count(records)} records${none}`;
  return [{ name: "members' and viewers' repositories", detail, isDone: true, updatedAt: isoTime(lastMicros / 1000) }];
}
