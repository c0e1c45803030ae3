import type { ClickHouse } from '../../clickhouse/types.ts';

/** What signed-in viewers read of a feed on one day. */
export interface FeedDayStats {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** The feed's alias. */
  readonly feed: string;
  readonly num_requests: number;
  readonly num_viewers: number;
}

/** Requests and viewers by day and feed since `fromDay` (days since 1970), oldest first. Rows are kept for 90 days. */
export function readFeedStats(clickhouse: ClickHouse, fromDay: number): Promise<FeedDayStats[]> {
  return clickhouse.query<FeedDayStats>(
    `
SELECT toString(toDate(requested_at)) AS date, feed, toFloat64(count()) AS num_requests, toFloat64(uniqExact(viewer_did)) AS num_viewers
FROM feed_request_analytics FINAL
WHERE requested_at >= toDateTime64(toDate({fromDay:UInt16}), 3, 'UTC')
GROUP BY date, feed
ORDER BY date, feed`,
    { fromDay },
    { settings: { max_bytes_before_external_group_by: 500_000_000 } },
  );
}
