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

export interface DayRefreshOptions {
  readonly clickhouse: ClickHouse;
  readonly hidden: HiddenActors;
  readonly progress: ProgressStore;
  /** Touched days counted again in one run, besides today and yesterday. */
  readonly maxDays: number;
  /** Days since 1970 (UTC): days before it keep their numbers. */
  readonly oldestDay: number;
  /** After this long no further touched day is begun in this run. */
  readonly budgetMs: number;
  readonly signal: AbortSignal;
}

/** Counts today, yesterday and some of the days that were touched, so that daily_stats holds what the records say. */
export async function refreshDailyStats(options: DayRefreshOptions, nowMs: number): Promise<void> {
  const { clickhouse, hidden, progress, maxDays } = options;
  const oldestDay = Math.max(options.oldestDay, oldestWholeDay(await readRetention(clickhouse), nowMs));
  await touchChangedActors(clickhouse, progress);
  await hidden.refresh(); // after the touching: what was touched is counted with what hides it
  const always = recentDays(nowMs).filter((day) => day >= oldestDay);
  const query = { source: 'records', always, limit: maxDays, oldestDay, newestDay: LAST_DAY } as const;
  await countWithin(options, always.length, await daysToCount(clickhouse, query), countDay);
}

/** The same for the operations by collection. */
export async function refreshCollectionStats(options: DayRefreshOptions, nowMs: number): Promise<void> {
  const { clickhouse, maxDays } = options;
  const always = recentDays(nowMs);
  const query = { source: 'ops', always, limit: maxDays, oldestDay: 0, newestDay: dayOf(nowMs) } as const;
  await countWithin(options, always.length, await daysToCount(clickhouse, query), countOpsOfDay);
}

export function dayOf(ms: number): number {
  return Math.floor(ms / 86_400_000);
}

const LAST_DAY = 65_535;
/** A row shows a little after its ingest_at: nothing is missed that took less than this. */
const MARGIN_MS = 120_000;
const PROGRESS_NAME = 'daily_stats:actors';

function recentDays(nowMs: number): number[] {
  return [dayOf(nowMs), dayOf(nowMs) - 1];
}

/** The first `numAlways` days in any case, then as many as the budget allows: the rest waits for the next run. */
async function countWithin(
  { clickhouse, budgetMs, signal }: DayRefreshOptions,
  numAlways: number,
  days: readonly number[],
  count: (clickhouse: ClickHouse, day: number) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  for (const [index, day] of days.entries()) {
    signal.throwIfAborted();
    if (index >= numAlways && performance.now() - startedAt > budgetMs) return;
    await count(clickhouse, day);
  }
}

/** Touches the days of the accounts that became active or inactive since the last run. */
async function touchChangedActors(clickhouse: ClickHouse, progress: ProgressStore): Promise<void> {
  const seen = await progress.load(PROGRESS_NAME);
  const seenMs = typeof seen === 'object' && seen !== null && 'seenMs' in seen ? Number(seen.seenMs) : 0;
  const nowMs = await storeNowMs(clickhouse);
  await touchDaysOfChangedActors(clickhouse, Math.max(0, seenMs - MARGIN_MS));
  await progress.save(PROGRESS_NAME, { seenMs: nowMs }, nowMs * 1000);
}
