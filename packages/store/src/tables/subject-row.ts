import type { ClickHouse } from '../clickhouse/types.ts';
import { isVisible, isVisibleRecord } from '../feeds/fragments.ts';

/** Accounts that show and have an undeleted record with this subject, each counted once. Exact. */
export async function countActorsOfSubject(
  clickhouse: ClickHouse,
  kind: keyof typeof COUNT,
  subject: string,
): Promise<number> {
  const [row] = await clickhouse.query<{ accounts: number }>(
    `SELECT toFloat64(uniqExact(did_key)) AS accounts FROM ${COUNT[kind]}`,
    { subject },
  );
  return row?.accounts ?? 0;
}

const isOfSubject = 'subject_key = sipHash64({subject:String})';

/** In two steps: without FINAL one column tells which rows may count, and only these are read with FINAL. */
function recordsOf(collection: string): string {
  return `record_rows FINAL
    WHERE collection = '${collection}' AND (record_hour, collection, repo, rkey_tid, rkey_text) IN
      (SELECT record_hour, collection, repo, rkey_tid, rkey_text FROM record_rows WHERE collection = '${collection}' AND ${isOfSubject})
      AND ${isOfSubject} AND ${isVisibleRecord}`;
}

const COUNT = {
  likes: recordsOf('app.bsky.feed.like'),
  reposts: recordsOf('app.bsky.feed.repost'),
  follows: `follows FINAL WHERE ${isOfSubject} AND ${isVisible}`,
} as const;
