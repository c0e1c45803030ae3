import { RECORD_RKEY, RECORD_VERSION } from '../../packages/store/src/tables/record-rows.ts';

/** Every operation that stands in a table, deletions and superseded ones too: what the view repo_records doesn't show. */
export const STORED_OPERATIONS = `(
  SELECT repo, toString(collection) AS collection, ${RECORD_RKEY} AS rkey, ${RECORD_VERSION} AS version, toString(operation) AS operation
  FROM record_rows
  UNION ALL
  SELECT did AS repo, 'app.bsky.feed.post' AS collection, rkey, version, toString(operation) AS operation FROM post_rows
)`;
