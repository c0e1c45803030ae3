import type { ClickHouse } from '../clickhouse/types.ts';
import { isVisible, isVisibleRecord } from '../queries/fragments.ts';

/** Accounts that show and have an undeleted record with this subject, each counted once. Exact; reads one column of them all. */
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

const isCounted = `${isOfSubject} AND ${isVisibleRecord}`;

const COUNT = {
  likes: `record_rows FINAL WHERE collection = 'app.bsky.feed.like' AND ${isCounted}`,
  reposts: `record_rows FINAL WHERE collection = 'app.bsky.feed.repost' AND ${isCounted}`,
  follows: `follows FINAL WHERE ${isOfSubject} AND ${isVisible}`,
} as const;
