import { postJson } from '@updraft/atproto';
import { createList } from '../clickhouse/lists.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { string, uint32 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { pick } from '../row-binary/table.ts';
import { postRows } from '../tables/post-rows.ts';
import { postKey } from './post-key.ts';

/** A post's record as it is stored. */
export interface PostRecordRow {
  readonly uri: string;
  /** The row's version, as text. */
  readonly rowVersion: string;
  /** Without the cids of StrongRefs. */
  readonly recordJson: string;
}

/** Records of one query, which are in memory until they are read. */
const RECORDS_PER_QUERY = 1_000;

/** The records of posts, in batches. Each is looked up by its whole key, neighbours in one query. Leaves out deleted posts, and those that an earlier version kept without their record. */
export async function* postRecords(
  clickhouse: ClickHouse,
  uris: Iterable<string>,
): AsyncGenerator<readonly PostRecordRow[]> {
  const keys = [...uris].map(postKey).filter((key) => key !== undefined);
  keys.sort((a, b) => a.recordHour - b.recordHour || (a.did < b.did ? -1 : 1));
  for (let start = 0; start < keys.length; start += RECORDS_PER_QUERY) {
    const batch = keys.slice(start, start + RECORDS_PER_QUERY);
    const sql = `
SELECT concat('at://', did, '/app.bsky.feed.post/', rkey) AS uri, toString(version) AS row_version,
    sort_at, text, langs, parent_uri, root_uri, quote_uri, json_rest
FROM post_rows FINAL
WHERE (record_hour, did, rkey) IN given_posts AND json_rest != ''`;
    const lists = [createList('given_posts', { recordHour: uint32, did: string, rkey: string }, batch)];
    const rows = await clickhouse.query(sql, RECORD, {}, { lists });
    yield rows.map((row) => ({ uri: row.uri, rowVersion: row.rowVersion, recordJson: postJson(row.jsonRest, row) }));
  }
}

const RECORD = shape({
  uri: string,
  rowVersion: string,
  ...pick(postRows, 'sortAt', 'text', 'langs', 'parentUri', 'rootUri', 'quoteUri', 'jsonRest'),
});
