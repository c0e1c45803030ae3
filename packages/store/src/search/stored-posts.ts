import type { Version } from '@updraft/atproto';
import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';

/** What a post's row takes from elsewhere than its record. */
export interface StoredPost {
  readonly recordHour: number;
  readonly did: string;
  readonly rkey: string;
  /** Seconds since 1970. */
  readonly recordTime: number;
  /** Milliseconds since 1970. */
  readonly sortAt: number;
  readonly version: Version;
}

/** The key of a post within its hour. */
export interface PostKey {
  readonly did: string;
  readonly rkey: string;
}

/** The posts of each hour, the newest hour first; those without a time in their keys are hour 0. About: every version of a row counts. */
export function postHours(clickhouse: ClickHouse, fromHour: number): Promise<{ recordHour: number; posts: number }[]> {
  return clickhouse.query(
    `SELECT record_hour AS recordHour, toFloat64(count()) AS posts FROM posts
     WHERE record_hour >= {fromHour:UInt32} GROUP BY record_hour ORDER BY record_hour DESC`,
    { fromHour },
    CALL,
  );
}

/** The undeleted posts of an hour that follow this key, in the order of their keys. */
export async function storedPosts(
  clickhouse: ClickHouse,
  recordHour: number,
  { did, rkey }: PostKey,
  limit: number,
): Promise<StoredPost[]> {
  const rows = await clickhouse.query<Omit<StoredPost, 'version'> & Version>(
    `SELECT record_hour AS recordHour, did, rkey, toUnixTimestamp(record_time) AS recordTime,
         toUnixTimestamp64Milli(sort_at) + 0.0 AS sortAt, ${HALVES}
     FROM posts FINAL
     WHERE record_hour = {recordHour:UInt32} AND (did, rkey) > ({did:String}, {rkey:String})
     ORDER BY did, rkey LIMIT {limit:UInt32}`,
    { recordHour, did, rkey, limit },
    CALL,
  );
  return rows.map(({ hi, lo, ...row }) => ({ ...row, version: { hi, lo } }));
}

/**
 * The undeleted records between the first and the last of these posts, which are of one hour and in the order of their keys; as they
 * arrive. The stored JSON is without the cids of StrongRefs.
 */
export async function* storedPostRecords(
  clickhouse: ClickHouse,
  stretch: readonly StoredPost[],
): AsyncGenerator<PostKey & { readonly recordJson: string; readonly version: Version }> {
  const [first, last] = [stretch[0], stretch.at(-1)];
  if (first === undefined || last === undefined) return;
  const chunks = clickhouse.stream<PostKey & { recordJson: string } & Version>(
    `SELECT repo AS did, rkey, record_json AS recordJson, ${HALVES}
     FROM repo_records FINAL
     WHERE record_hour = {recordHour:UInt32} AND collection = 'app.bsky.feed.post'
         AND (repo, rkey) >= ({firstDid:String}, {firstRkey:String}) AND (repo, rkey) <= ({lastDid:String}, {lastRkey:String})`,
    {
      recordHour: first.recordHour,
      firstDid: first.did,
      firstRkey: first.rkey,
      lastDid: last.did,
      lastRkey: last.rkey,
    },
    CALL,
  );
  for await (const chunk of chunks) for (const { hi, lo, ...row } of chunk) yield { ...row, version: { hi, lo } };
}

const HALVES = 'toUInt32(bitShiftRight(version, 32)) AS hi, toUInt32(bitAnd(version, 4294967295)) AS lo';

/** In the background of whatever else the server does. Writing what is read holds the reading up. */
const CALL: CallOptions = { timeoutMs: 600_000, settings: { max_threads: 2 } };
