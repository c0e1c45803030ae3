import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { uint32, uint64 } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { pick } from '../row-binary/table.ts';
import { postRows } from '../tables/post-rows.ts';

/** A post as it is stored, without the columns that are derived from its JSON. */
const STORED_POST = shape({
  ...pick(postRows, 'recordHour', 'did', 'rkey', 'operation', 'sortAt', 'text', 'langs'),
  ...pick(postRows, 'parentUri', 'rootUri', 'quoteUri', 'jsonRest', 'version'),
});
export type StoredPost = RowOf<typeof STORED_POST>;

/** The key of a post within its hour. */
export interface PostKey {
  readonly did: string;
  readonly rkey: string;
}

/** The posts of each hour, the newest hour first; those without a time in their keys are hour 0. An estimate: every version of a row counts. */
export function postHours(clickhouse: ClickHouse, fromHour: number): Promise<{ recordHour: number; posts: number }[]> {
  return clickhouse.query(
    `SELECT record_hour, count() AS posts FROM post_rows
     WHERE record_hour >= {fromHour:UInt32} GROUP BY record_hour ORDER BY record_hour DESC`,
    shape({ recordHour: uint32, posts: uint64 }),
    { fromHour },
    CALL,
  );
}

/** The undeleted posts of an hour that follow this key, in the order of their keys; as they arrive. */
export async function* storedPosts(
  clickhouse: ClickHouse,
  recordHour: number,
  { did, rkey }: PostKey,
  limit: number,
): AsyncGenerator<StoredPost> {
  const chunks = clickhouse.stream(
    `SELECT record_hour, did, rkey, operation, sort_at, text, langs, parent_uri, root_uri, quote_uri, json_rest, version
     FROM post_rows FINAL
     WHERE record_hour = {recordHour:UInt32} AND (did, rkey) > ({did:String}, {rkey:String})
     ORDER BY did, rkey LIMIT {limit:UInt32}`,
    STORED_POST,
    { recordHour, did, rkey, limit },
    CALL,
  );
  for await (const chunk of chunks) yield* chunk;
}

/** Long, since the caller writes what it reads before it reads on. */
const CALL: CallOptions = { timeoutMs: 600_000, settings: { max_threads: 2 } };
