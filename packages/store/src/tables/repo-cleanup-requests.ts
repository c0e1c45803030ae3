import { lowCardinalityString, string, uint64 } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** What a job's owner asked for. */
export interface RepoCleanupRequestRow {
  readonly jobId: string;
  /** secret or cancel. */
  readonly kind: string;
  /** SHA-256 of the secret, in hex; '' for cancel. */
  readonly value: string;
  /** Microseconds since 1970. */
  readonly version: number;
}

export const repoCleanupRequests: Table<RepoCleanupRequestRow> = defineTable<RepoCleanupRequestRow>(
  'repo_cleanup_requests',
  {
    jobId: string,
    kind: lowCardinalityString,
    value: string,
    version: uint64,
  },
);
