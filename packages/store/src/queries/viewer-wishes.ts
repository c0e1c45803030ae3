import type { ClickHouse } from '../clickhouse/types.ts';
import { arrayOfStrings, bool, dateTime64Ms, string } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { pick } from '../row-binary/table.ts';
import { keysOf, postList, postRows } from '../tables/post-rows.ts';

const WISH = shape({ item: string, isMore: bool, receivedAt: dateTime64Ms });
/** A viewer wants more, or else less, like the post `item`, which may be any uri. */
export type ViewerWish = RowOf<typeof WISH>;

/** Wishes of a viewer that count. */
const MAX_WISHES = 500;

/** The newest wishes of a viewer, the last of each post. */
export function readWishes(clickhouse: ClickHouse, viewerDid: string): Promise<ViewerWish[]> {
  return clickhouse.query(
    `SELECT item, wish > 0 AS is_more, received_at FROM viewer_wishes FINAL WHERE viewer_did = {viewerDid:String}
     ORDER BY received_at DESC, item LIMIT ${MAX_WISHES}`,
    WISH,
    { viewerDid },
  );
}

const SUBJECTS = shape({
  uri: string,
  ...pick(postRows, 'tags'),
  domainTokens: arrayOfStrings,
  ...pick(postRows, 'rootUri', 'quoteUri'),
});
/** What tells what a post is about. `domainTokens`: `/` and the domain, of each link and of the domains above it. */
export type PostSubjects = RowOf<typeof SUBJECTS>;

/** Of those of the posts that there are. Each is looked up by its whole key. */
export async function readPostSubjects(clickhouse: ClickHouse, uris: Iterable<string>): Promise<PostSubjects[]> {
  const keys = keysOf(uris);
  if (keys.length === 0) return [];
  const sql = `SELECT uri, tags, arrayFilter(token -> startsWith(token, '/'), tokens) AS domain_tokens, root_uri, quote_uri
    FROM post_rows FINAL WHERE (record_hour, did, rkey) IN given_posts`;
  return clickhouse.query(sql, SUBJECTS, {}, { lists: [postList(keys)] });
}
