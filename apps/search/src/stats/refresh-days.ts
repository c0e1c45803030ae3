import {
  type ClickHouse,
  countDay,
  countOpsOfDay,
  daysToCount,
  type HiddenActors,
  oldestWholeDay,
  type ProgressStore,
  readRetention,
  storeNowMs,
  touchDaysOfChangedActors,
} from '@updraft/store';
import { dayOf } from '../days.ts';

export interface DayRefreshOptions {
  readonly clickhouse: ClickHouse;
  readonly hidden: HiddenActors;
  readonly progress: ProgressStore;
  /** The first day that is counted again, in days since 1970 (UTC). */
  readonly oldestDay: number;
  readonly signal: AbortSignal;
}

/** Counts today, yesterday and some of the touched days again, so that daily_stats holds what the records say. */
export async function refreshDailyStats(options: DayRefreshOptions, nowMs: number): Promise<void> {
  const { clickhouse, hidden, progress } = options;
  const oldestDay = Math.max(options.oldestDay, oldestWholeDay(await readRetention(clickhouse), nowMs));
  await touchChangedActors(clickhouse, progress);
  await hidden.refresh(); // only now, so that the days marked above are counted without the accounts that are hidden now
  const always = recentDays(nowMs).filter((day) => day >= oldestDay);
  const query = { source: 'records', always, limit: MAX_DAYS, oldestDay, newestDay: LAST_DAY } as const;
  await countWithin(options, always.length, await daysToCount(clickhouse, query), countDay);
}

/** Counts the operations by collection again, of the same days. */
export async function refreshCollectionStats(options: DayRefreshOptions, nowMs: number): Promise<void> {
  const { clickhouse } = options;
  const always = recentDays(nowMs);
  const query = { source: 'ops', always, limit: MAX_DAYS, oldestDay: 0, newestDay: dayOf(nowMs) } as const;
  await countWithin(options, always.length, await daysToCount(clickhouse, query), countOpsOfDay);
}

/** The most touched days that one run counts again, besides today and yesterday, and the time after which it begins no other. */
const MAX_DAYS = 64;
const BUDGET_MS = 60_000;
/** The last day that the column can hold. */
const LAST_DAY = 65_535;
/** A row can be read a little after its ingest_at; one that takes less than this is not missed. */
const MARGIN_MS = 120_000;
const PROGRESS_NAME = 'daily_stats:actors';

function recentDays(nowMs: number): number[] {
  return [dayOf(nowMs), dayOf(nowMs) - 1];
}

/** Counts the first `numAlways` days in any case, then as many as the budget allows; the rest waits for the next run. */
async function countWithin(
  { clickhouse, signal }: DayRefreshOptions,
  numAlways: number,
  days: readonly number[],
  count: (clickhouse: ClickHouse, day: number) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  for (const [index, day] of days.entries()) {
    signal.throwIfAborted();
    if (index >= numAlways && performance.now() - startedAt > BUDGET_MS) return;
    await count(clickhouse, day);
  }
}

/** Marks the days of the accounts that became active or inactive since the last run as touched. */
async function touchChangedActors(clickhouse: ClickHouse, progress: ProgressStore): Promise<void> {
  const seen = await progress.load(PROGRESS_NAME);
  const seenMs = typeof seen === 'object' && seen !== null && 'seenMs' in seen ? Number(seen.seenMs) : 0;
  const nowMs = await storeNowMs(clickhouse);
  await touchDaysOfChangedActors(clickhouse, Math.max(0, seenMs - MARGIN_MS));
  await progress.save(PROGRESS_NAME, { seenMs: nowMs }, nowMs * 1000);
}
