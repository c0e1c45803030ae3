import { parseAtUri } from '@updraft/atproto';
import { backoff, every, type Logger } from '@updraft/service';
import {
  type ClickHouse,
  createBatchWriter,
  ERASED_INTERVAL_MS,
  type ErasedAccounts,
  type FeedInteractionRow,
  type FeedRequestRow,
  feedInteractions,
  feedRequestAnalytics,
  type Redis,
  type Table,
} from '@updraft/store';
import type { Bus } from '../bus.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import { createRowQueue } from './row-queue.ts';
import { createViewerCounts } from './viewer-counts.ts';

/** What is kept of viewers' reading. Nothing is kept of an erased account, nor of what others do with its posts. */
export interface Analytics {
  addPage(row: FeedRequestRow): void;
  addInteraction(row: FeedInteractionRow): void;
  /** Viewers of a feed since 00:00 UTC, within 1 %. */
  viewersToday(alias: string): number;
  /** Rows that are not written yet. */
  waiting(): number;
  /** Reads the list of erased accounts. */
  refresh(): Promise<void>;
  /** Writes until the signal aborts, then what is left, for at most a few seconds. */
  run(signal: AbortSignal): Promise<void>;
}

export interface AnalyticsOptions {
  readonly clickhouse: ClickHouse;
  readonly redis: Redis;
  /** Of the keys in Redis. */
  readonly prefix: string;
  readonly aliases: readonly string[];
  /** The analytics read this list. */
  readonly erased: ErasedAccounts;
  readonly bus: Bus;
  readonly metrics: FeedgenMetrics;
  readonly log: Logger;
}

export function createAnalytics(options: AnalyticsOptions): Analytics {
  const { clickhouse, bus, erased, metrics, log } = options;
  const warn = (what: string) => (err: unknown) => log.warn({ err }, what);
  const writer = createBatchWriter({ clickhouse, log, backoff: () => backoff({ minMs: 200, maxMs: 10_000 }) });
  const onError = warn('analytics could not be written');
  const queueOf = <Row extends object>(table: Table<Row>) => createRowQueue({ table, writer, metrics, onError });
  const [requests, interactions] = [queueOf(feedRequestAnalytics), queueOf(feedInteractions)];
  const viewers = createViewerCounts({ ...options, onError: warn('viewers could not be counted') });
  const erasedUnread = warn('the list of erased accounts could not be read');
  bus.listen((news) => {
    if (news.kind === 'erased') erased.refresh().catch(erasedUnread);
  });
  return {
    addPage: (row) => {
      if (erased.has(row.viewerDid)) return;
      viewers.see(row.feed, row.viewerDid);
      requests.push(row);
    },
    addInteraction: (row) => {
      const author = parseAtUri(row.item)?.authority ?? '';
      if (!erased.has(row.viewerDid) && !erased.has(author)) interactions.push(row);
    },
    viewersToday: viewers.today,
    waiting: () => requests.waiting() + interactions.waiting(),
    refresh: erased.refresh,
    run: async (signal) => {
      const reading = every(ERASED_INTERVAL_MS, signal, erased.refresh, erasedUnread);
      await Promise.all([reading, ...[requests, interactions, viewers].map((part) => part.run(signal))]);
    },
  };
}
