import { insertRows } from '../clickhouse/insert-rows.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import {
  arrayOfStrings,
  type Codec,
  dateTime64Ms,
  lowCardinalityString,
  string,
  uint16,
  uint32,
  uint64,
} from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';
import { repoCleanupRequests } from './repo-cleanup-requests.ts';

/** A clean-up as it stands. Times are milliseconds since 1970, 0 for never. */
export interface RepoCleanupJobRow {
  readonly jobId: string;
  /** DID. */
  readonly repo: string;
  readonly cleanupTypes: readonly string[];
  readonly deleteOlderThan: number;
  /** What the owner asked to keep; '' in jobs from before that could be asked. */
  readonly keepJson: string;
  /** How many records stay, by the reason. */
  readonly keptJson: string;
  /** JWE, '' once the job has ended. */
  readonly refreshToken: string;
  /** Records that were sent and are gone from the repository. */
  readonly numDeleted: number;
  readonly numDeletedToday: number;
  /** Deletions sent, refused ones included: what the server's limits count. */
  readonly pointsHour: number;
  readonly pointsToday: number;
  /** Days since 1970 (UTC) that numDeletedToday and pointsToday count. */
  readonly today: number;
  readonly hourStartedAt: number;
  readonly estNumRemaining: number;
  /** queued, running, waiting, completed, cancelled or failed. */
  readonly jobState: string;
  readonly stateReason: string;
  readonly numFailures: number;
  /** `collection/rkey` of what was sent and whose outcome is not known. */
  readonly inFlight: readonly string[];
  /** `collection/rkey` of what the server called deleted and nobody has looked for yet. */
  readonly claimed: readonly string[];
  /** Records that could not be deleted, and why. */
  readonly setAsideJson: string;
  /** The most that the server takes in a call, as far as is known; 0: not known. */
  readonly writesPerCall: number;
  readonly nextRunAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastDeletedAt: number;
  /** fence · 2^24 + step: the holder of a later lease always wins. */
  readonly version: number;
}

/** Days since 1970. */
const date: Codec<number> = { ...uint16, type: 'Date', expected: 'days since 1970, up to 65535' };

export const repoCleanupJobs: Table<RepoCleanupJobRow> = defineTable<RepoCleanupJobRow>('repo_cleanup_jobs', {
  jobId: string,
  repo: string,
  cleanupTypes: arrayOfStrings,
  deleteOlderThan: dateTime64Ms,
  keepJson: string,
  keptJson: string,
  refreshToken: string,
  numDeleted: uint64,
  numDeletedToday: uint64,
  pointsHour: uint64,
  pointsToday: uint64,
  today: date,
  hourStartedAt: dateTime64Ms,
  estNumRemaining: uint64,
  jobState: lowCardinalityString,
  stateReason: string,
  numFailures: uint32,
  inFlight: arrayOfStrings,
  claimed: arrayOfStrings,
  setAsideJson: string,
  writesPerCall: uint32,
  nextRunAt: dateTime64Ms,
  createdAt: dateTime64Ms,
  updatedAt: dateTime64Ms,
  lastDeletedAt: dateTime64Ms,
  version: uint64,
});

/** A job with what its owner asked beside it. */
export interface StoredCleanupJob extends RepoCleanupJobRow {
  /** SHA-256 in hex of the secret that is good now; '' when there is none. */
  readonly secretHash: string;
  readonly isCancelRequested: boolean;
}

export interface CleanupTotals {
  readonly numDeleted: number;
  readonly numJobs: number;
  readonly numRepos: number;
}

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
  const read = async (where: string, params: Record<string, unknown>): Promise<StoredCleanupJob[]> =>
    (await clickhouse.query<RawJob>(`${SELECT_JOBS} ${where}`, params)).map(fromRaw);
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
      const [row] = await clickhouse.query<CleanupTotals>(
        `SELECT toFloat64(sum(num_deleted)) AS numDeleted, toFloat64(count()) AS numJobs, toFloat64(uniqExact(repo)) AS numRepos
         FROM repo_cleanup_jobs FINAL`,
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

const ms = (column: string) => `toUnixTimestamp64Milli(${column}) + 0.0`;

/** Aliases of their own for what is converted: a WHERE would else read the converted value. */
const SELECT_JOBS = `
SELECT job_id, repo, cleanup_types, refresh_token, job_state, state_reason, num_failures, in_flight, claimed, set_aside_json,
    writes_per_call, keep_json, kept_json, toFloat64(points_hour) AS hour_points, toFloat64(points_today) AS day_points,
    toFloat64(num_deleted) AS deleted, toFloat64(num_deleted_today) AS deleted_today,
    toFloat64(est_num_remaining) AS remaining, toFloat64(version) AS job_version, toUInt16(today) AS today_number,
    ${ms('delete_older_than')} AS older_than_ms, ${ms('hour_started_at')} AS hour_started_ms, ${ms('next_run_at')} AS next_run_ms,
    ${ms('created_at')} AS created_ms, ${ms('updated_at')} AS updated_ms, ${ms('last_deleted_at')} AS last_deleted_ms,
    secret_hash, is_cancel_requested
FROM (SELECT * FROM repo_cleanup_jobs FINAL) AS jobs
LEFT JOIN
(
    SELECT job_id, anyIf(value, kind = 'secret') AS secret_hash, max(kind = 'cancel') AS is_cancel_requested
    FROM repo_cleanup_requests FINAL
    GROUP BY job_id
) AS requests USING job_id`;

interface RawJob {
  job_id: string;
  repo: string;
  cleanup_types: string[];
  refresh_token: string;
  job_state: string;
  state_reason: string;
  num_failures: number;
  in_flight: string[];
  claimed: string[];
  set_aside_json: string;
  writes_per_call: number;
  keep_json: string;
  kept_json: string;
  hour_points: number;
  day_points: number;
  deleted: number;
  deleted_today: number;
  remaining: number;
  job_version: number;
  today_number: number;
  older_than_ms: number;
  hour_started_ms: number;
  next_run_ms: number;
  created_ms: number;
  updated_ms: number;
  last_deleted_ms: number;
  secret_hash: string;
  is_cancel_requested: number;
}

function fromRaw(row: RawJob): StoredCleanupJob {
  return {
    jobId: row.job_id,
    repo: row.repo,
    cleanupTypes: row.cleanup_types,
    deleteOlderThan: row.older_than_ms,
    keepJson: row.keep_json,
    keptJson: row.kept_json,
    refreshToken: row.refresh_token,
    numDeleted: row.deleted,
    numDeletedToday: row.deleted_today,
    pointsHour: row.hour_points,
    pointsToday: row.day_points,
    today: row.today_number,
    hourStartedAt: row.hour_started_ms,
    estNumRemaining: row.remaining,
    jobState: row.job_state,
    stateReason: row.state_reason,
    numFailures: row.num_failures,
    inFlight: row.in_flight,
    claimed: row.claimed,
    setAsideJson: row.set_aside_json,
    writesPerCall: row.writes_per_call,
    nextRunAt: row.next_run_ms,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
    lastDeletedAt: row.last_deleted_ms,
    version: row.job_version,
    secretHash: row.secret_hash,
    isCancelRequested: row.is_cancel_requested === 1,
  };
}
