import { createList } from '../clickhouse/lists.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { string, uint32 } from '../row-binary/codecs.ts';
import { postKey } from './post-key.ts';

/** A post's record as it is stored. */
export interface PostRecordRow {
  readonly uri: string;
  /** The row's version, as text. */
  readonly rowVersion: string;
  /** Without the cids of StrongRefs. */
  readonly recordJson: string;
}

/** Records asked for in one query: they are held in memory until they are read. */
const RECORDS_PER_QUERY = 1_000;

/** The records of posts, in batches. Each is looked up by its whole key, those of neighbours in one query. Deleted ones are not among them. */
export async function* postRecords(
  clickhouse: ClickHouse,
  uris: Iterable<string>,
): AsyncGenerator<readonly PostRecordRow[]> {
  const keys = [...uris].map(postKey).filter((key) => key !== undefined);
  keys.sort((a, b) => a.recordHour - b.recordHour || (a.did < b.did ? -1 : 1));
  for (let start = 0; start < keys.length; start += RECORDS_PER_QUERY) {
    const batch = keys.slice(start, start + RECORDS_PER_QUERY);
    const sql = `
SELECT concat('at://', repo, '/', collection, '/', rkey) AS uri, toString(version) AS rowVersion, record_json AS recordJson
FROM repo_records FINAL
WHERE collection = 'app.bsky.feed.post' AND (record_hour, collection, repo, rkey) IN
    (SELECT record_hour, 'app.bsky.feed.post', did, rkey FROM given_posts)`;
    const lists = [createList('given_posts', { recordHour: uint32, did: string, rkey: string }, batch)];
    yield await clickhouse.query<PostRecordRow>(sql, {}, { lists });
  }
}
