import { readValue } from '../../clickhouse/read-value.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { date, dateTime64Ms } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';

/** What a day's numbers are made of: `records` for daily_stats, `ops` for daily_collection_stats. */
export type DaySource = 'records' | 'ops';

export interface DaysQuery {
  readonly source: DaySource;
  /** Counted in any case: days since 1970 (UTC). */
  readonly always: readonly number[];
  /** The most other days. */
  readonly limit: number;
  /** Days before it are not counted again, since not all of their rows are kept. */
  readonly oldestDay: number;
  /** Days after it are ignored. */
  readonly newestDay: number;
}

/**
 * Days whose rows changed since they were last counted: days that were never counted first, then those that waited longest. A row becomes
 * visible a little after its day is touched, so a day stays due until it was quiet for two minutes.
 */
export async function daysToCount(clickhouse: ClickHouse, query: DaysQuery): Promise<number[]> {
  const { source, always, ...params } = query;
  const rows = await clickhouse.query(
    `
SELECT day
FROM (SELECT day, max(touched_days.touched_at) AS touched_at FROM touched_days WHERE source = {source:String} GROUP BY day) AS touched
LEFT JOIN (SELECT day, computed_at FROM counted_days FINAL WHERE source = {source:String}) AS counted USING day
WHERE touched_at > computed_at - INTERVAL 2 MINUTE
    AND toUInt16(day) >= {oldestDay:UInt16} AND toUInt16(day) <= {newestDay:UInt16}
    AND NOT has({always:Array(UInt16)}, toUInt16(day))
ORDER BY computed_at ASC, day DESC
LIMIT {limit:UInt32}`,
    shape({ day: date }),
    { source, always, ...params },
  );
  return [...always, ...rows.map(({ day }) => day)];
}

/** The store's clock, in ms since 1970. Its times say what a query has seen. */
export async function storeNowMs(clickhouse: ClickHouse): Promise<number> {
  return (await readValue(clickhouse, dateTime64Ms, "SELECT now64(3, 'UTC') AS value")) ?? Date.now();
}

/** Records that a day was counted from what was visible at `computedAtMs`. */
export function markCounted(
  clickhouse: ClickHouse,
  source: DaySource,
  day: number,
  computedAtMs: number,
): Promise<void> {
  return clickhouse.command(
    `INSERT INTO counted_days (source, day, computed_at)
     SELECT {source:String}, toDate({day:UInt16}), fromUnixTimestamp64Milli({computedAtMs:Int64}, 'UTC')`,
    { source, day, computedAtMs },
  );
}

/** Touches the days of the accounts whose status or #sync was written at `sinceMs` (the store's clock) or later. */
export function touchDaysOfChangedActors(clickhouse: ClickHouse, sinceMs: number): Promise<void> {
  return clickhouse.command(
    `INSERT INTO touched_days (source, day, touched_at)
     SELECT 'records', day, now64(3, 'UTC')
     FROM actor_days
     WHERE did_key IN (SELECT did_key FROM actor_status WHERE ingest_at >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC'))
         OR did_key IN (SELECT did_key FROM repo_syncs WHERE ingest_at >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC'))
     GROUP BY day`,
    { sinceMs },
    { timeoutMs: 120_000 },
  );
}
