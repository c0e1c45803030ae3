import { RECORD_RKEY, RECORD_VERSION } from '../tables/record-rows.ts';

/** How a statement gets its accounts. */
export interface GivenAccounts {
  /** What follows an IN. */
  readonly set: string;
  /** The same as an array. */
  readonly array: string;
  /** Where all rows of other tables are found, whatever server asks. */
  readonly database: string;
}

/** With didList(), however many there are. */
export const LISTED: Omit<GivenAccounts, 'database'> = {
  set: 'given_dids',
  array: '(SELECT groupArray(did) FROM given_dids)',
};
/** With the parameter `dids`, as many as one may hold. */
export const BOUND: Omit<GivenAccounts, 'database'> = { set: '{dids:Array(String)}', array: '{dids:Array(String)}' };

/** Where a table has rows of accounts. */
export interface AccountRows {
  readonly table: string;
  /** The condition. */
  readonly where: (accounts: GivenAccounts) => string;
  /** Assignments that take the account out of rows which are others'; absent where the rows go. */
  readonly update?: string;
}

const isOneOf = (column: string) => (accounts: GivenAccounts) => `${column} IN ${accounts.set}`;
const hasKeyOfOne =
  (column: string) =>
  ({ array }: GivenAccounts) =>
    `${column} IN (SELECT sipHash64(arrayJoin(${array})))`;

/** Some part of the text names one of the accounts. */
const mentions =
  (column: string, before: string, after: string) =>
  ({ array }: GivenAccounts) =>
    `arrayExists(did -> position(${column}, concat('${before}', did, '${after}')) > 0, ${array})`;

/** The subject is one of the accounts, or a record of one. */
const isSubject = ({ set }: GivenAccounts): string =>
  `if(startsWith(subject, 'at://'), splitByChar('/', subject)[3], subject) IN ${set}`;

/** The key of the row of record_ops that a record's row made, as SQL: what its views say. */
function operationKey(collection: string, repo: string, rkey: string, version: string): string {
  return `toUInt32(intDiv(bitShiftRight(${version}, 11), 3600000000)), toString(${collection}), toString(operation), sipHash64(${repo}, ${rkey}, intDiv(${version}, 2) * 2 + (operation = 'delete'))`;
}

/**
 * Every table with rows of an account. Rows that are found through another table come before that table, so that an interrupted erasure
 * can be begun again. `actor_days` is last: it says which days' statistics must be counted anew.
 */
export const ACCOUNT_ROWS: readonly AccountRows[] = [
  {
    table: 'record_ops',
    // Two questions: of a UNION within one a cluster makes an IN that it then refuses.
    where: ({ set, database }) => `(rev_hour, collection, operation, op_key) IN (
      SELECT ${operationKey('collection', 'repo', RECORD_RKEY, RECORD_VERSION)} FROM ${database}.record_rows WHERE repo IN ${set})
      OR (rev_hour, collection, operation, op_key) IN (
      SELECT ${operationKey("'app.bsky.feed.post'", 'did', 'rkey', 'version')} FROM ${database}.post_rows WHERE did IN ${set})`,
  },
  {
    table: 'post_like_counts',
    where: ({ set, database }) => `uri_key IN (SELECT uri_key FROM ${database}.post_rows WHERE did IN ${set})`,
  },
  { table: 'record_rows', where: isOneOf('repo') },
  { table: 'post_rows', where: isOneOf('did') },
  ...['follows', 'blocks', 'profiles', 'profile_labels', 'list_items'].map((table) => ({
    table,
    where: isOneOf('actor_did'),
  })),
  { table: 'actor_handles', where: isOneOf('did') },
  { table: 'actor_status', where: isOneOf('did') },
  { table: 'repo_syncs', where: isOneOf('did') },
  { table: 'labels', where: isOneOf('did') },
  {
    table: 'job_progress',
    where: ({ array }) =>
      `name IN (SELECT concat(arrayJoin(['account:', 'asked:']), did) FROM (SELECT arrayJoin(${array}) AS did))`,
  },
  { table: 'listed_accounts', where: hasKeyOfOne('did_key') },
  { table: 'member_requests', where: isOneOf('actor_did') },
  { table: 'actor_labels', where: isOneOf('actor_did') },
  { table: 'actor_label_changes', where: isOneOf('actor_did') },
  ...['feed_hides', 'audit_log'].map((table) => ({ table, where: isSubject })),
  ...['actor_labels', 'actor_label_changes', 'feed_hides', 'feed_settings', 'member_requests', 'audit_log'].map(
    (table) => ({
      table,
      where: mentions('changed_by', '', ''),
      update: "changed_by = 'an erased account'",
    }),
  ),
  ...['member_requests', 'audit_log'].map((table) => ({
    table,
    where: mentions('note', '', ''),
    update: "note = 'named an erased account'",
  })),
  {
    table: 'api_key_uses',
    where: ({ set, database }) => `key_id IN (SELECT key_id FROM ${database}.api_keys WHERE actor_did IN ${set})`,
  },
  { table: 'api_keys', where: isOneOf('actor_did') },
  { table: 'feed_request_analytics', where: isOneOf('viewer_did') },
  {
    table: 'feed_interactions',
    where: (accounts) => `viewer_did IN ${accounts.set} OR ${mentions('item', 'at://', '/')(accounts)}`,
  },
  // Why a post was in a list: a repost of the account brought it.
  { table: 'feed_interactions', where: mentions('feed_context', 'reposted by ', ''), update: "feed_context = ''" },
  {
    table: 'viewer_wishes',
    where: (accounts) => `viewer_did IN ${accounts.set} OR ${mentions('item', 'at://', '/')(accounts)}`,
  },
  {
    table: 'repo_cleanup_requests',
    where: ({ set, database }) => `job_id IN (SELECT job_id FROM ${database}.repo_cleanup_jobs WHERE repo IN ${set})`,
  },
  { table: 'repo_cleanup_jobs', where: isOneOf('repo') },
  {
    table: 'rejected_events',
    where: (accounts) => `did IN ${accounts.set} OR ${mentions('event', '"did":"', '"')(accounts)}`,
  },
  { table: 'actor_days', where: hasKeyOfOne('did_key') },
];
