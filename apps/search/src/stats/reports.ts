import { createHiddenActors, type Leases, type ProgressStore } from '@updraft/store';
import type { SearchDeps } from '../context.ts';
import { dayOf } from '../days.ts';
import type { SearchMetrics } from '../metrics.ts';
import { readTrends } from '../trends/read-trends.ts';
import { createFeedReports } from './feed-report.ts';
import { readNetworkStats } from './network-stats.ts';
import { readCollectionReport, readIngestReport } from './operator-stats.ts';
import { refreshCollectionStats, refreshDailyStats } from './refresh-days.ts';
import { createReport, type Report, type ReportName } from './report.ts';

export interface ReportsOptions extends SearchDeps {
  readonly leases: Leases;
  readonly metrics: SearchMetrics;
  readonly progress: ProgressStore;
}

const COLD_TIMEOUT_MS = 15_000;
const INGEST_TTL_MS = 10_000;
const TRENDS_TTL_MS = 60_000;
/** So at most a twentieth of the time goes into them, however large the network. */
const TRENDS_LIVES = 20;

/** The reports of this service; the first two count days again before they are read. */
export function createReports(options: ReportsOptions): Readonly<Record<ReportName, Report>> {
  const { env, clickhouse, log } = options;
  const ttlMs = env.STATS_CACHE_TTL;
  const refresh = {
    ...options,
    hidden: createHiddenActors({ clickhouse, log }),
    oldestDay: dayOf(Date.parse(env.STATS_OLDEST_DAY)),
  };
  const report = reportMaker(options);
  return {
    network: report('network', ttlMs, async (nowMs) => {
      await refreshDailyStats(refresh, nowMs);
      return readNetworkStats(clickhouse, nowMs);
    }),
    collections: report('collections', ttlMs, async (nowMs) => {
      await refreshCollectionStats(refresh, nowMs);
      return readCollectionReport(clickhouse, nowMs);
    }),
    ingest: report('ingest', Math.min(ttlMs, INGEST_TTL_MS), (nowMs) => readIngestReport(clickhouse, nowMs)),
    trends: report(
      'trends',
      Math.min(ttlMs, TRENDS_TTL_MS),
      (nowMs) => readTrends(clickhouse, { bots: env.TRENDS_BOTS }, nowMs),
      TRENDS_LIVES,
    ),
    // By another name than the report of earlier versions, which had another shape.
    feeds: report('feeds-apart', ttlMs, createFeedReports(clickhouse)),
  };
}

/** Makes reports that are measured. */
function reportMaker({ env, redis, leases, log, metrics, coldReportMs = COLD_TIMEOUT_MS }: ReportsOptions) {
  return (name: string, ttlMs: number, compute: (nowMs: number) => Promise<unknown>, lives = 0): Report =>
    createReport({
      name,
      ttlMs,
      lives,
      coldTimeoutMs: coldReportMs,
      redis,
      prefix: `${env.REDIS_PREFIX}:search`,
      leases,
      log,
      compute: async (nowMs) => {
        const stopTimer = metrics.reportSeconds.startTimer({ report: name });
        const value = await compute(nowMs);
        stopTimer();
        metrics.reportAge.set({ report: name }, nowMs / 1000);
        return value;
      },
    });
}
