import type { ClickHouse } from '../../clickhouse/types.ts';
import { string, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';
import { markCounted, storeNowMs } from './touched-days.ts';

/** Operations of one day on one collection. */
const COLLECTION_DAY = shape({
  /** YYYY-MM-DD. */
  date: string,
  /** An NSID, or `other` for what is not among the day's first. */
  collection: string,
  creates: uint64,
  updates: uint64,
  deletes: uint64,
});
export type CollectionStats = RowOf<typeof COLLECTION_DAY>;

/** Counts the operations whose commits are of this day (days since 1970, UTC). */
export async function countOpsOfDay(clickhouse: ClickHouse, day: number): Promise<void> {
  const computedAtMs = await storeNowMs(clickhouse);
  await clickhouse.command(
    `
INSERT INTO daily_collection_stats (day, collection, operation, num_ops, computed_at)
SELECT toDate({day:UInt16}), collection, operation, count(), fromUnixTimestamp64Milli({computedAtMs:Int64}, 'UTC')
FROM record_ops FINAL
WHERE rev_hour >= {fromHour:UInt32} AND rev_hour < {toHour:UInt32}
GROUP BY collection, operation`,
    { day, computedAtMs, fromHour: day * 24, toHour: day * 24 + 24 },
    { timeoutMs: 300_000, settings: { max_threads: 2, max_memory_usage: 4_000_000_000 } },
  );
  await markCounted(clickhouse, 'ops', day, computedAtMs);
}

/** From `fromDay` on, oldest first; of each day the `perDay` busiest collections and the rest together. */
export function readCollectionStats(
  clickhouse: ClickHouse,
  fromDay: number,
  perDay: number,
): Promise<CollectionStats[]> {
  return clickhouse.query(
    `
SELECT toString(day) AS date, if(place <= {perDay:UInt32}, collection, 'other') AS collection,
    sum(created) AS creates, sum(updated) AS updates, sum(deleted) AS deletes
FROM
(
    SELECT day, collection, sumIf(num_ops, operation = 'create') AS created, sumIf(num_ops, operation = 'update') AS updated,
        sumIf(num_ops, operation = 'delete') AS deleted,
        row_number() OVER (PARTITION BY day ORDER BY sum(num_ops) DESC, collection) AS place
    FROM daily_collection_stats FINAL
    WHERE day >= toDate({fromDay:UInt16})
    GROUP BY day, collection
)
GROUP BY day, collection
ORDER BY day, creates + updates + deletes DESC, collection`,
    COLLECTION_DAY,
    { fromDay, perDay },
  );
}
