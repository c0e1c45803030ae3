import { insertRows } from '../clickhouse/insert-rows.ts';
import type { ClickHouse, QueryParams } from '../clickhouse/types.ts';
import {
  arrayOfStrings,
  bool,
  date,
  dateTime64Ms,
  lowCardinalityString,
  string,
  uint32,
  uint64,
} from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { columnList, defineTable } from '../row-binary/table.ts';
import { repoCleanupRequests } from './repo-cleanup-requests.ts';

/** The state of a clean-up. Times are milliseconds since 1970, 0 for never. */
export const repoCleanupJobs = defineTable('repo_cleanup_jobs', {
  jobId: string,
  /** DID. */
  repo: string,
  cleanupTypes: arrayOfStrings,
  deleteOlderThan: dateTime64Ms,
  /** What the owner asked to keep; '' in jobs from before that could be asked. */
  keepJson: string,
  /** When the repository was last read: how many records stay, by the reason, and how many are left to delete, by type. */
  keptJson: string,
  /** What the job signs in with, as a JWE; '' once the job has ended. */
  refreshToken: string,
  /** Records that were sent and are gone from the repository. */
  numDeleted: uint64,
  numDeletedToday: uint64,
  /** Deletions sent, refused ones included: what the server's limits count. */
  pointsHour: uint64,
  pointsToday: uint64,
  /** Days since 1970 (UTC) that numDeletedToday and pointsToday count. */
  today: date,
  hourStartedAt: dateTime64Ms,
  estNumRemaining: uint64,
  /** queued, running, waiting, completed, cancelled or failed. */
  jobState: lowCardinalityString,
  stateReason: string,
  numFailures: uint32,
  /** `collection/rkey` of what was sent and has no known outcome. */
  inFlight: arrayOfStrings,
  /** `collection/rkey` of what the server called deleted and we have not checked yet. */
  claimed: arrayOfStrings,
  /** Records that could not be deleted, and why. */
  setAsideJson: string,
  /** The most that the server takes in a call; 0 while that is not known. */
  writesPerCall: uint32,
  nextRunAt: dateTime64Ms,
  createdAt: dateTime64Ms,
  updatedAt: dateTime64Ms,
  lastDeletedAt: dateTime64Ms,
  /** fence · 2^24 + step: the holder of a later lease always wins. */
  version: uint64,
});
export type RepoCleanupJobRow = RowOf<typeof repoCleanupJobs>;

/** A job, and what its owner asked for. */
const STORED_JOB = shape({
  ...repoCleanupJobs.codecs,
  /** SHA-256 in hex of the secret that is valid now; '' when there is none. */
  secretHash: string,
  isCancelRequested: bool,
});
export type StoredCleanupJob = RowOf<typeof STORED_JOB>;

const TOTALS = shape({ numDeleted: uint64, numJobs: uint64, numRepos: uint64 });
export type CleanupTotals = RowOf<typeof TOTALS>;

/** The clean-up jobs in ClickHouse: what is written is on disk when the promise resolves. */
export interface CleanupJobStore {
  save(job: RepoCleanupJobRow): Promise<void>;
  get(jobId: string): Promise<StoredCleanupJob | undefined>;
  /** All jobs of an account, the newest first. */
  ofRepo(did: string): Promise<StoredCleanupJob[]>;
  /** Jobs that have not ended and whose time has come, those that waited longest first. */
  due(nowMs: number, limit: number): Promise<StoredCleanupJob[]>;
  saveSecret(jobId: string, secretHash: string, atMicros: number): Promise<void>;
  requestCancel(jobId: string, atMicros: number): Promise<void>;
  totals(): Promise<CleanupTotals>;
  /** Removes older states of jobs from the disk, and the tokens in them. */
  eraseOldStates(): Promise<void>;
}

export function createCleanupJobStore(clickhouse: ClickHouse): CleanupJobStore {
  const read = (where: string, params: QueryParams) => clickhouse.query(`${SELECT_JOBS} ${where}`, STORED_JOB, params);
  const request = (jobId: string, kind: string, value: string, version: number) =>
    insertRows(clickhouse, repoCleanupRequests, [{ jobId, kind, value, version }]);
  return {
    save: (job) => insertRows(clickhouse, repoCleanupJobs, [job]),
    get: async (jobId) => (await read('WHERE job_id = {jobId:String}', { jobId }))[0],
    ofRepo: (did) => read('WHERE repo = {did:String} ORDER BY created_at DESC LIMIT 100', { did }),
    due: (nowMs, limit) =>
      read(
        `WHERE job_state IN ('queued', 'running', 'waiting')
           AND (next_run_at <= fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC') OR is_cancel_requested)
         ORDER BY next_run_at LIMIT {limit:UInt32}`,
        { nowMs, limit },
      ),
    saveSecret: (jobId, secretHash, atMicros) => request(jobId, 'secret', secretHash, atMicros),
    requestCancel: (jobId, atMicros) => request(jobId, 'cancel', '', atMicros),
    totals: async () => {
      const [row] = await clickhouse.query(
        `SELECT sum(jobs.num_deleted) AS num_deleted, count() AS num_jobs, uniqExact(repo) AS num_repos
         FROM repo_cleanup_jobs AS jobs FINAL`,
        TOTALS,
      );
      return row ?? { numDeleted: 0, numJobs: 0, numRepos: 0 };
    },
    eraseOldStates: () =>
      clickhouse.onEachServer(
        (onCluster) => `OPTIMIZE TABLE repo_cleanup_jobs${onCluster} FINAL`,
        {},
        { timeoutMs: 60_000 },
      ),
  };
}

const SELECT_JOBS = `
SELECT ${columnList(repoCleanupJobs)}, secret_hash, is_cancel_requested
FROM (SELECT * FROM repo_cleanup_jobs FINAL) AS jobs
LEFT JOIN
(
    SELECT job_id, anyIf(value, kind = 'secret') AS secret_hash, max(kind = 'cancel') AS is_cancel_requested
    FROM repo_cleanup_requests FINAL
    GROUP BY job_id
) AS requests USING job_id`;
