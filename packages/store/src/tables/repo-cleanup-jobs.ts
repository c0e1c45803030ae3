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
