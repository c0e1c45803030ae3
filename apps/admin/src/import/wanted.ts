import type { WantedField } from '@updraft/store';

/** The original's tables that can be copied, with the names that their columns may have. `--column` gives others. */
export const IMPORTS = {
  actor_labels: {
    did: { names: ['actor_did', 'did', 'subject_did', 'subject'], as: 'text', isRequired: true },
    label: { names: ['label', 'label_name', 'val'], as: 'text', isRequired: true },
    createdAt: { names: ['created_at', 'assigned_at', 'indexed_at', 'time_us'], as: 'time' },
    updatedAt: { names: ['updated_at', 'modified_at'], as: 'time' },
    deleted: { names: ['deleted', 'is_deleted', 'neg'], as: 'bool' },
  },
  api_keys: {
    key: { names: ['api_key', 'key', 'secret', 'value', 'token'], as: 'text', isRequired: true },
    feed: { names: ['feed_alias', 'feed', 'feed_name', 'assigned_feed', 'feed_uri'], as: 'text', isRequired: true },
    did: { names: ['actor_did', 'assigned_user', 'user_did', 'did', 'user'], as: 'text', isRequired: true },
    createdAt: { names: ['created_at'], as: 'time' },
    deleted: { names: ['deleted', 'is_deleted', 'revoked'], as: 'bool' },
  },
  feed_request_analytics: {
    requestedAt: {
      names: ['requested_at', 'request_time', 'request_ts', 'timestamp', 'created_at', 'time_us'],
      as: 'time',
      isRequired: true,
    },
    feed: { names: ['feed_alias', 'feed', 'feed_name', 'feed_uri'], as: 'text', isRequired: true },
    viewerDid: { names: ['viewer_did', 'user_did', 'actor_did', 'did', 'user'], as: 'text', isRequired: true },
    pageLimit: { names: ['page_limit', 'limit', 'request_limit', 'feed_limit'], as: 'number' },
    pageSize: { names: ['page_size', 'posts_served', 'num_posts', 'response_size'], as: 'number' },
    pageOffset: { names: ['page_offset', 'offset'], as: 'number' },
    hasCursor: { names: ['has_cursor'], as: 'bool' },
    acceptLanguage: { names: ['accept_language', 'langs', 'language'], as: 'text' },
  },
  repo_records: {
    repo: { names: ['repo', 'did', 'actor_did'], as: 'text', isRequired: true },
    collection: { names: ['collection'], as: 'text', isRequired: true },
    rkey: { names: ['rkey'], as: 'text', isRequired: true },
    operation: { names: ['operation', 'op', 'action'], as: 'text', isRequired: true },
    recordJson: { names: ['record_json', 'record', 'json'], as: 'text', isRequired: true },
    at: { names: ['time_us', 'event_time', 'indexed_at', 'ingested_at', 'created_at'], as: 'time' },
  },
} as const satisfies Record<string, Record<string, WantedField>>;

export type ImportedTable = keyof typeof IMPORTS;

/** A row of the source: strings for `as: 'text'`, numbers for everything else. */
export type SourceRow<Table extends ImportedTable> = {
  readonly [Field in keyof (typeof IMPORTS)[Table]]: (typeof IMPORTS)[Table][Field] extends { as: 'text' }
    ? string
    : number;
};
