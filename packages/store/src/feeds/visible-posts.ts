import type { ClickHouse } from '../clickhouse/types.ts';
import { isVisible } from './fragments.ts';
import { postKey } from './post-key.ts';

/** Keys asked for in one query: they stand in its text, which a server reads up to 256 KiB of by default. */
const KEYS_PER_QUERY = 10_000;
const MAX_QUERY_BYTES = 16 * 1024 * 1024;

/**
 * Those of the posts that show now: not deleted, and their accounts neither inactive nor deleted since. Looks each up by its
 * whole key, so the cost is that of the list, not of the network. Uris that are no posts' are not among the answer.
 */
export async function visiblePosts(clickhouse: ClickHouse, uris: Iterable<string>): Promise<Set<string>> {
  const keys = [...uris].map(postKey).filter((key) => key !== undefined);
  const visible = new Set<string>();
  for (let start = 0; start < keys.length; start += KEYS_PER_QUERY) {
    const batch = keys.slice(start, start + KEYS_PER_QUERY);
    const list = batch.map(({ recordHour, did, rkey }) => `(${recordHour},'${did}','${rkey}')`).join(',');
    const sql = `SELECT uri FROM posts FINAL WHERE (record_hour, did, rkey) IN (${list}) AND ${isVisible}`;
    const rows = await clickhouse.query<{ uri: string }>(sql, {}, { settings: { max_query_size: MAX_QUERY_BYTES } });
    for (const { uri } of rows) visible.add(uri);
  }
  return visible;
}
