import type { ClickHouse } from '../../clickhouse/types.ts';
import { string, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import { hasSubject, isVisibleRecord } from '../../tables/record-rows.ts';
import { markCounted, storeNowMs } from './touched-days.ts';

/** Counts a day (days since 1970, UTC) anew and writes its row; without records it is a row of zeros. */
export async function countDay(clickhouse: ClickHouse, day: number): Promise<void> {
  const computedAtMs = await storeNowMs(clickhouse);
  const params = { day, computedAtMs, fromHour: day * 24, toHour: day * 24 + 24 };
  await clickhouse.command(COUNT_DAY, params, { timeoutMs: COUNT_TIMEOUT_MS, settings: COUNT_SETTINGS });
  await markCounted(clickhouse, 'records', day, computedAtMs);
}

/** All days that were counted, oldest first. */
export function readDailyStats(clickhouse: ClickHouse): Promise<DailyStats[]> {
  return clickhouse.query(`SELECT toString(day) AS date, ${NUMBERS} FROM daily_stats FINAL ORDER BY day`, DAILY_STATS);
}

const COUNT_TIMEOUT_MS = 300_000;
/** A day of the whole network is grouped within these bounds, on disk if necessary, and leaves cores for others. */
const COUNT_SETTINGS = {
  max_bytes_before_external_group_by: 500_000_000,
  max_memory_usage: 4_000_000_000,
  max_threads: 2,
};

const NUMBERS = 'num_likes, num_likers, num_posts, num_posters, num_follows, num_followers, num_blocks, num_blockers';

/** A day's numbers: undeleted records of active accounts by the time in their keys, one per account and subject. */
const DAILY_STATS = shape({
  /** YYYY-MM-DD; 1970-01-01 for records whose key has no time. */
  date: string,
  numLikes: uint64,
  numLikers: uint64,
  numPosts: uint64,
  numPosters: uint64,
  numFollows: uint64,
  numFollowers: uint64,
  numBlocks: uint64,
  numBlockers: uint64,
});
export type DailyStats = RowOf<typeof DAILY_STATS>;

const IS_OF_DAY = 'record_hour >= {fromHour:UInt32} AND record_hour < {toHour:UInt32}';

function pairsSql(collection: string): string {
  return `SELECT (count(), uniqExact(did_key)) FROM
    (
        SELECT did_key, subject_key FROM record_rows FINAL
        WHERE collection = '${collection}' AND ${IS_OF_DAY} AND ${hasSubject} AND ${isVisibleRecord}
        GROUP BY did_key, subject_key
    )`;
}

const COUNT_DAY = `
INSERT INTO daily_stats (day, ${NUMBERS}, computed_at)
WITH
    (${pairsSql('app.bsky.feed.like')}) AS likes,
    (SELECT (count(), uniqExact(did_key)) FROM post_rows FINAL WHERE ${IS_OF_DAY} AND ${isVisible}) AS posts,
    (${pairsSql('app.bsky.graph.follow')}) AS follows,
    (${pairsSql('app.bsky.graph.block')}) AS blocks
SELECT
    toDate({day:UInt16}), likes.1, likes.2, posts.1, posts.2, follows.1, follows.2, blocks.1, blocks.2,
    fromUnixTimestamp64Milli({computedAtMs:Int64}, 'UTC')`;
