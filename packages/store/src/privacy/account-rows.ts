/** Where rows of accounts stand, as a condition with the parameter {dids:Array(String)}. */
export interface AccountRows {
  readonly table: string;
  readonly where: string;
  /** Assignments that take the account out of rows which are others'; absent where the rows go. */
  readonly update?: string;
}

const DID_KEYS = '(SELECT sipHash64(arrayJoin({dids:Array(String)})))';

/** Some part of the text names one of the accounts. */
const mentions = (column: string, before: string, after: string) =>
  `arrayExists(did -> position(${column}, concat('${before}', did, '${after}')) > 0, {dids:Array(String)})`;

/**
 * Every table with rows of an account. What is found through another table's rows comes before that table, so that an erasure which was
 * interrupted goes on when it is begun again. `actor_days` is last: it says which days' statistics are to be counted anew.
 */
export const ACCOUNT_ROWS: readonly AccountRows[] = [
  {
    table: 'record_ops',
    where: `(rev_hour, collection, operation, op_key) IN (
      SELECT toUInt32(intDiv(bitShiftRight(version, 11), 3600000000)), collection, operation, sipHash64(repo, rkey, intDiv(version, 2) * 2 + (operation = 'delete'))
      FROM repo_records WHERE repo IN {dids:Array(String)})`,
  },
  {
    table: 'post_like_counts',
    where: 'uri_key IN (SELECT uri_key FROM posts WHERE did IN {dids:Array(String)})',
  },
  { table: 'repo_records', where: 'repo IN {dids:Array(String)}' },
  { table: 'posts', where: 'did IN {dids:Array(String)}' },
  ...['likes', 'reposts', 'follows', 'blocks', 'profiles'].map((table) => ({
    table,
    where: 'actor_did IN {dids:Array(String)}',
  })),
  { table: 'graph_by_hour', where: `did_key IN ${DID_KEYS}` },
  { table: 'actor_handles', where: 'did IN {dids:Array(String)}' },
  { table: 'actor_status', where: 'did IN {dids:Array(String)}' },
  { table: 'listed_accounts', where: `did_key IN ${DID_KEYS}` },
  { table: 'actor_labels', where: 'actor_did IN {dids:Array(String)}' },
  { table: 'actor_label_changes', where: 'actor_did IN {dids:Array(String)}' },
  ...['actor_labels', 'actor_label_changes'].map((table) => ({
    table,
    where: mentions('changed_by', '', ''),
    update: "changed_by = 'an erased account'",
  })),
  {
    table: 'api_key_uses',
    where: 'key_id IN (SELECT key_id FROM api_keys WHERE actor_did IN {dids:Array(String)})',
  },
  { table: 'api_keys', where: 'actor_did IN {dids:Array(String)}' },
  { table: 'feed_request_analytics', where: 'viewer_did IN {dids:Array(String)}' },
  {
    table: 'feed_interactions',
    where: `viewer_did IN {dids:Array(String)} OR ${mentions('item', 'at://', '/')}`,
  },
  {
    table: 'repo_cleanup_requests',
    where: 'job_id IN (SELECT job_id FROM repo_cleanup_jobs WHERE repo IN {dids:Array(String)})',
  },
  { table: 'repo_cleanup_jobs', where: 'repo IN {dids:Array(String)}' },
  {
    table: 'rejected_events',
    where: `did IN {dids:Array(String)} OR ${mentions('event', '"did":"', '"')}`,
  },
  { table: 'actor_days', where: `did_key IN ${DID_KEYS}` },
];
