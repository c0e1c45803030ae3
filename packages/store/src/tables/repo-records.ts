import type { ClickHouse } from '../clickhouse/types.ts';
import { isVisible, isVisibleRecord } from '../queries/fragments.ts';

/** Undeleted records by collection, those of hidden accounts left out. Reads the whole table: for tools and tests, not for requests. */
export function countRecordsByCollection(clickhouse: ClickHouse): Promise<{ collection: string; records: number }[]> {
  return clickhouse.query(
    `SELECT collection, records FROM
     (
       SELECT toString(collection) AS collection, toFloat64(count()) AS records FROM record_rows FINAL
       WHERE ${isVisibleRecord} GROUP BY collection
       UNION ALL
       SELECT 'app.bsky.feed.post' AS collection, toFloat64(count()) AS records FROM post_rows FINAL WHERE ${isVisible}
     )
     WHERE records > 0 ORDER BY collection`,
  );
}

/** Operations ever seen by collection and operation, each once however often it arrived. Reads the whole table. */
export function countOperations(
  clickhouse: ClickHouse,
): Promise<{ collection: string; operation: string; operations: number }[]> {
  return clickhouse.query(
    `SELECT collection, operation, toFloat64(count()) AS operations FROM record_ops FINAL
     GROUP BY collection, operation ORDER BY collection, operation`,
  );
}
