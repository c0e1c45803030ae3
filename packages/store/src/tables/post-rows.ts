import { isDid, isRkey, postJson, recordTime, selfLabelsOfRest } from '@updraft/atproto';
import { createList, type List } from '../clickhouse/lists.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import {
  arrayOfLowCardinalityStrings,
  arrayOfStrings,
  bool,
  dateTime64Ms,
  lowCardinalityString,
  string,
  uint32,
  version,
} from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { defineTable, pick } from '../row-binary/table.ts';
import { isVisible } from './hidden-actors.ts';

/** A post after its last operation. The view posts shows it, the view repo_records its JSON. */
export const postRows = defineTable('post_rows', {
  /** Hours since 1970 of the TID in the rkey; 0 when there is none within bounds. */
  recordHour: uint32,
  did: string,
  rkey: string,
  /** create, update or delete. */
  operation: lowCardinalityString,
  /** Milliseconds since 1970: the earliest of the times in rev, rkey and createdAt. */
  sortAt: dateTime64Ms,
  text: string,
  langs: arrayOfStrings,
  tags: arrayOfStrings,
  /** DIDs. */
  mentions: arrayOfStrings,
  /** What the post is found by: postTokens() of @updraft/atproto; none where it is deleted. */
  tokens: arrayOfLowCardinalityStrings,
  /** '' when the post is not a reply. */
  parentUri: string,
  rootUri: string,
  quoteUri: string,
  /** none, images, gallery, video, external, record, or other for what is attached and not understood. */
  embed: lowCardinalityString,
  hasEmbeddedMedia: bool,
  /** What the other columns don't give of the JSON: see post-form.ts of @updraft/atproto. */
  jsonRest: string,
  version,
  deleted: bool,
});
export type PostRow = RowOf<typeof postRows>;

/**
 * Those of the posts that show now, with the versions of their rows as text: not deleted, and their accounts neither inactive nor deleted
 * since. Looks each up by its whole key, so the cost is that of the list, not of the network. Leaves out uris of anything but posts.
 */
export async function visiblePosts(clickhouse: ClickHouse, uris: Iterable<string>): Promise<Map<string, string>> {
  const keys = keysOf(uris);
  if (keys.length === 0) return new Map();
  const rows = await clickhouse.query(
    `SELECT uri, toString(version) AS row_version FROM post_rows FINAL WHERE (record_hour, did, rkey) IN given_posts AND ${isVisible}`,
    shape({ uri: string, rowVersion: string }),
    {},
    { lists: [postList(keys)] },
  );
  return new Map(rows.map(({ uri, rowVersion }) => [uri, rowVersion]));
}

/** A post with self-labels. */
export interface PostWithLabels {
  readonly uri: string;
  readonly labels: readonly string[];
}

/** Those of the posts whose authors labelled them. Reads of each post what its columns don't tell, and parses only what may hold labels. */
export async function postsWithLabels(clickhouse: ClickHouse, uris: Iterable<string>): Promise<PostWithLabels[]> {
  const keys = keysOf(uris);
  if (keys.length === 0) return [];
  const rows = await clickhouse.query(
    `SELECT uri, json_rest FROM post_rows FINAL
     WHERE (record_hour, did, rkey) IN given_posts AND position(json_rest, '"labels":') > 0`,
    shape({ uri: string, ...pick(postRows, 'jsonRest') }),
    {},
    { lists: [postList(keys)] },
  );
  return rows.map(({ uri, jsonRest }) => ({ uri, labels: selfLabelsOfRest(jsonRest) }));
}

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
  const keys = keysOf(uris);
  keys.sort((a, b) => a.recordHour - b.recordHour || (a.did < b.did ? -1 : 1));
  for (let start = 0; start < keys.length; start += RECORDS_PER_QUERY) {
    const batch = keys.slice(start, start + RECORDS_PER_QUERY);
    const sql = `
SELECT concat('at://', did, '/app.bsky.feed.post/', rkey) AS uri, toString(version) AS row_version,
    sort_at, text, langs, parent_uri, root_uri, quote_uri, json_rest
FROM post_rows FINAL
WHERE (record_hour, did, rkey) IN given_posts AND json_rest != ''`;
    const rows = await clickhouse.query(sql, RECORD, {}, { lists: [postList(batch)] });
    yield rows.map((row) => ({ uri: row.uri, rowVersion: row.rowVersion, recordJson: postJson(row.jsonRest, row) }));
  }
}

const RECORD = shape({
  uri: string,
  rowVersion: string,
  ...pick(postRows, 'sortAt', 'text', 'langs', 'parentUri', 'rootUri', 'quoteUri', 'jsonRest'),
});

type PostRowKey = Pick<PostRow, 'recordHour' | 'did' | 'rkey'>;

/** The keys of the rows of those that are uris of posts. */
export function keysOf(uris: Iterable<string>): PostRowKey[] {
  return [...uris].map(keyOf).filter((key) => key !== undefined);
}

/** The key of a post's row; undefined for a uri that isn't a post's. */
function keyOf(uri: string): PostRowKey | undefined {
  const [did = '', collection, rkey = '', ...rest] = uri.slice('at://'.length).split('/');
  if (collection !== 'app.bsky.feed.post' || rest.length > 0 || !isDid(did) || !isRkey(rkey)) return undefined;
  return { recordHour: recordTime(rkey).recordHour, did, rkey };
}

/** The posts as the list `given_posts` of their keys; without uris of anything else. `(record_hour, did, rkey) IN given_posts` looks each up by its whole key. */
export function givenPosts(uris: Iterable<string>): List {
  return postList(keysOf(uris));
}

/** givenPosts() of keys. */
export function postList(keys: readonly PostRowKey[]): List {
  return createList('given_posts', pick(postRows, 'recordHour', 'did', 'rkey'), keys);
}
