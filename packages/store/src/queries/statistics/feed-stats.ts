import type { ClickHouse } from '../../clickhouse/types.ts';
import { string, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';

/** What signed-in viewers read of a feed on one day. */
const FEED_DAY = shape({
  /** YYYY-MM-DD. */
  date: string,
  /** The feed's alias. */
  feed: string,
  numRequests: uint64,
  numViewers: uint64,
});
export type FeedDayStats = RowOf<typeof FEED_DAY>;

/** Requests and viewers by day and feed since `fromDay` (days since 1970), oldest first. Rows are kept for 90 days. */
export function readFeedStats(clickhouse: ClickHouse, fromDay: number): Promise<FeedDayStats[]> {
  return clickhouse.query(
    `
SELECT toString(toDate(requested_at)) AS date, feed, count() AS num_requests, uniqExact(viewer_did) AS num_viewers
FROM feed_request_analytics FINAL
WHERE requested_at >= toDateTime64(toDate({fromDay:UInt16}), 3, 'UTC')
GROUP BY date, feed
ORDER BY date, feed`,
    FEED_DAY,
    { fromDay },
    { settings: { max_bytes_before_external_group_by: 500_000_000 } },
  );
}
