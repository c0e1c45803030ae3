import type { ClickHouse } from '../clickhouse/types.ts';
import { dateTime64Ms, string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { isVisible } from '../tables/hidden-actors.ts';
import { keysOf, postList } from '../tables/post-rows.ts';

/** What readers outside of the app see of a post. */
export interface FeedItem {
  readonly uri: string;
  readonly did: string;
  readonly rkey: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly sortAt: number;
}

const ITEM = shape({ uri: string, did: string, rkey: string, text: string, sortAt: dateTime64Ms });

/** Those of the posts that show now, by uri. Each is looked up by its whole key. */
export async function readFeedItems(clickhouse: ClickHouse, uris: Iterable<string>): Promise<Map<string, FeedItem>> {
  const keys = keysOf(uris);
  if (keys.length === 0) return new Map();
  const sql = `SELECT uri, did, rkey, text, sort_at FROM post_rows FINAL
    WHERE (record_hour, did, rkey) IN given_posts AND ${isVisible}`;
  const rows = await clickhouse.query(sql, ITEM, {}, { lists: [postList(keys)] });
  return new Map(rows.map((row) => [row.uri, row]));
}
