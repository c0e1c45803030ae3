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

/** A clean-up as it stands. Times are milliseconds since 1970, 0 for never. */
export interface RepoCleanupJobRow {
  readonly jobId: string;
  /** DID. */
  readonly repo: string;
  readonly cleanupTypes: readonly string[];
  readonly deleteOlderThan: number;
  /** JWE, '' once the job has ended. */
  readonly refreshToken: string;
  readonly numDeleted: number;
  readonly numDeletedToday: number;
  readonly numDeletedHour: number;
  /** Days since 1970 (UTC) that numDeletedToday counts. */
  readonly today: number;
  readonly hourStartedAt: number;
  readonly estNumRemaining: number;
  /** queued, running, waiting, completed, cancelled or failed. */
  readonly jobState: string;
  readonly stateReason: string;
  readonly numFailures: number;
  /** `collection/rkey` of the batch whose outcome is not recorded yet. */
  readonly inFlight: readonly string[];
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
  refreshToken: string,
  numDeleted: uint64,
  numDeletedToday: uint64,
  numDeletedHour: uint64,
  today: date,
  hourStartedAt: dateTime64Ms,
  estNumRemaining: uint64,
  jobState: lowCardinalityString,
  stateReason: string,
  numFailures: uint32,
  inFlight: arrayOfStrings,
  nextRunAt: dateTime64Ms,
  createdAt: dateTime64Ms,
  updatedAt: dateTime64Ms,
  lastDeletedAt: dateTime64Ms,
  version: uint64,
});
