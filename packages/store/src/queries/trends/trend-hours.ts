import type { QueryParams } from '../../clickhouse/types.ts';
import { DAY_MS, HOUR_MS } from './times.ts';

/** The hour that ends at `toMs`, and the same hour of earlier days: 0 is the hour itself, 1 that of the day before. */
export interface TrendHours {
  /** Milliseconds since 1970. */
  readonly toMs: number;
  readonly days: readonly number[];
}

/**
 * The row of post_rows is of one of the hours: sorted into it, and not backdated, as `backdatedTokens` of packages/atproto has it. So the hours in the
 * keys prune exactly.
 */
export const isInHours = `record_hour IN {hours:Array(UInt32)}
    AND record_hour <= intDiv(toUnixTimestamp64Milli(sort_at), ${HOUR_MS}) + 1
    AND sort_at <= fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
    AND ({toMs:Int64} - toUnixTimestamp64Milli(sort_at)) % ${DAY_MS} < ${HOUR_MS}
    AND ${daySql()} IN {days:Array(Int64)}`;

/** Which of the days a post in these hours is of. */
export function daySql(): string {
  return `intDiv({toMs:Int64} - toUnixTimestamp64Milli(sort_at), ${DAY_MS})`;
}

/** Who may have written in these hours: for questions about accounts. */
export const POSTERS = 'SELECT did FROM post_rows WHERE record_hour IN {hours:Array(UInt32)}';

export function hoursParams({ toMs, days }: TrendHours): QueryParams {
  const hours = days.flatMap((day) => {
    const last = Math.floor((toMs - day * DAY_MS) / HOUR_MS);
    return [last - 1, last, last + 1];
  });
  return { toMs, days, hours: [...new Set(hours)].filter((hour) => hour > 0) };
}
