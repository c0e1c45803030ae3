import type { ClickHouse } from '../../clickhouse/types.ts';
import { bool, dateTime64Ms, string, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';

const CLEANUP = shape({
  jobId: string,
  repo: string,
  jobState: string,
  stateReason: string,
  numDeleted: uint64,
  estNumRemaining: uint64,
  createdAt: dateTime64Ms,
  updatedAt: dateTime64Ms,
  nextRunAt: dateTime64Ms,
  isCancelRequested: bool,
});
/** A clean-up as operators see it: without its token and its secret. */
export type CleanupState = RowOf<typeof CLEANUP>;

/** Those that have not ended, then those that did, each the latest first. */
export function readCleanupStates(clickhouse: ClickHouse, limit: number): Promise<CleanupState[]> {
  return clickhouse.query(
    `SELECT job_id, repo, job_state, state_reason, num_deleted + length(claimed) AS num_deleted, est_num_remaining, created_at, updated_at,
         next_run_at, job_id IN (SELECT job_id FROM repo_cleanup_requests FINAL WHERE kind = 'cancel') AS is_cancel_requested
     FROM repo_cleanup_jobs FINAL
     ORDER BY job_state IN ('queued', 'running', 'waiting') DESC, updated_at DESC, job_id LIMIT {limit:UInt32}`,
    CLEANUP,
    { limit },
  );
}

const JOB = shape({ name: string, progressJson: string, version: uint64 });
/** A row of job_progress. */
export type JobState = RowOf<typeof JOB>;

const MAX_PROGRESS_BYTES = 20_000;

/** The jobs of job_progress, the latest first; accounts have too many of their own, see readFilledAccounts. */
export function readJobStates(clickhouse: ClickHouse, limit: number): Promise<JobState[]> {
  return clickhouse.query(
    `SELECT name, if(length(progress_json) > ${MAX_PROGRESS_BYTES}, '', progress_json) AS progress_json, version
     FROM job_progress FINAL WHERE NOT startsWith(name, 'account:') AND NOT startsWith(name, 'asked:')
     ORDER BY version DESC, name LIMIT {limit:UInt32}`,
    JOB,
    { limit },
  );
}

/** Those of these jobs that are there. */
export function readNamedJobs(clickhouse: ClickHouse, names: readonly string[]): Promise<JobState[]> {
  return clickhouse.query(
    'SELECT name, progress_json, version FROM job_progress FINAL WHERE name IN {names:Array(String)}',
    JOB,
    { names },
  );
}

const FILLED = shape({ filled: uint64, refused: uint64, records: uint64, lastMicros: uint64 });
export type FilledAccounts = RowOf<typeof FILLED>;

/** Accounts whose repositories were brought in since, those that have none to bring in, and the records of the former. */
export async function readFilledAccounts(clickhouse: ClickHouse, sinceMicros: number): Promise<FilledAccounts> {
  const [row] = await clickhouse.query(
    `SELECT countIf(version >= {sinceMicros:UInt64} AND NOT JSONHas(progress_json, 'reason')) AS filled,
         countIf(version >= {sinceMicros:UInt64} AND JSONHas(progress_json, 'reason')) AS refused,
         sumIf(JSONExtractUInt(progress_json, 'records'), version >= {sinceMicros:UInt64}) AS records, max(version) AS last_micros
     FROM job_progress FINAL WHERE startsWith(name, 'account:')`,
    FILLED,
    { sinceMicros },
  );
  return row ?? { filled: 0, refused: 0, records: 0, lastMicros: 0 };
}
