import { lowCardinalityString, string, uint64 } from '../row-binary/codecs.ts';
import { defineTable } from '../row-binary/table.ts';

/** What a job's owner asked for. */
export const repoCleanupRequests = defineTable('repo_cleanup_requests', {
  jobId: string,
  /** secret or cancel. */
  kind: lowCardinalityString,
  /** SHA-256 of the secret, in hex; '' for cancel. */
  value: string,
  /** Microseconds since 1970. */
  version: uint64,
});
