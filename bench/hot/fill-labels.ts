import type { ClickHouse } from '@updraft/store';

/** Labels of the newest posts and of their accounts, a tenth of them taken back. Half are of values that a feed excludes by default. */
export function fillLabels(clickhouse: ClickHouse, labels: number): Promise<void> {
  return clickhouse.command(
    `INSERT INTO labels (did, uri, val, src, neg, cts, exp, version)
     SELECT did, if(n % 3 = 0, did, uri), ['porn', 'rude', 'spam', 'spoiler'][n % 4 + 1], 'did:plc:labeler', n % 10 = 0, now64(3), toDateTime64(0, 3, 'UTC'), n
     FROM (SELECT did, uri, cityHash64(uri_key) AS n FROM post_rows ORDER BY record_hour DESC LIMIT {labels:UInt64})`,
    { labels },
    { timeoutMs: 300_000 },
  );
}
