import { createList } from '../clickhouse/lists.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { string, uint32 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { isVisible } from './fragments.ts';
import { postKey } from './post-key.ts';

/**
 * Those of the posts that show now: not deleted, and their accounts neither inactive nor deleted since. Looks each up by its
 * whole key, so the cost is that of the list, not of the network. Leaves out uris of anything but posts.
 */
export async function visiblePosts(clickhouse: ClickHouse, uris: Iterable<string>): Promise<Set<string>> {
  const keys = [...uris].map(postKey).filter((key) => key !== undefined);
  if (keys.length === 0) return new Set();
  const lists = [createList('given_posts', { recordHour: uint32, did: string, rkey: string }, keys)];
  const rows = await clickhouse.query(
    `SELECT uri FROM post_rows FINAL WHERE (record_hour, did, rkey) IN given_posts AND ${isVisible}`,
    shape({ uri: string }),
    {},
    { lists },
  );
  return new Set(rows.map(({ uri }) => uri));
}
