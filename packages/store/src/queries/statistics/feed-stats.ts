import type { ClickHouse } from '../../clickhouse/types.ts';
import { string, uint64 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';

/** What signed-in viewers read of a feed on one day. */
export interface FeedDayStats {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** The feed's alias. */
  readonly feed: string;
  readonly numRequests: number;
  readonly numViewers: number;
}

/** Requests and viewers by day and feed since `fromDay` (days since 1970), oldest first. Rows are kept for 90 days. */
export function readFeedStats(clickhouse: ClickHouse, fromDay: number): Promise<FeedDayStats[]> {
  return clickhouse.query(
    `
SELECT toString(toDate(requested_at)) AS date, feed, count() AS num_requests, uniqExact(viewer_did) AS num_viewers
FROM feed_request_analytics FINAL
WHERE requested_at >= toDateTime64(toDate({fromDay:UInt16}), 3, 'UTC')
GROUP BY date, feed
ORDER BY date, feed`,
    shape({ date: string, feed: string, numRequests: uint64, numViewers: uint64 }),
    { fromDay },
    { settings: { max_bytes_before_external_group_by: 500_000_000 } },
  );
}
