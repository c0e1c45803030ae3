/*
 * watch: what operators see: health, metrics, logs.
 * In: what the stages report. Out: /metrics, /healthz, /readyz, and the end of a process that makes no progress.
 */

import type { Logger } from '@updraft/service';
import type { BatchQueue } from '../batch/batch-queue.ts';
import type { IndexerMetrics } from './metrics.ts';

/** Whether the indexer makes progress, for /healthz and /readyz. */
export interface IndexerStatus {
  /** Something happened that a stuck process doesn't do: a try to connect, or to write. The next may be meant to take `waitMs`. */
  active(waitMs?: number): void;
  connected(host: string | undefined): void;
  /** The host that is read; undefined while there is none. */
  host(): string | undefined;
  /** False when nothing has happened for `stalledAfterMs`: only a restart can help. */
  isLive(): boolean;
}

/** `eventCount` is the number of events so far: a call for each would cost too much. */
export function createStatus({ stalledAfterMs, eventCount, now }: StatusOptions): IndexerStatus {
  let activeAt = now();
  let seen = 0;
  let host: string | undefined;
  return {
    active: (waitMs = 0) => {
      activeAt = Math.max(activeAt, now() + waitMs);
    },
    connected: (next) => {
      activeAt = Math.max(activeAt, now());
      host = next;
    },
    host: () => host,
    isLive: () => {
      const events = eventCount();
      if (events !== seen) activeAt = Math.max(activeAt, now());
      seen = events;
      return now() - activeAt < stalledAfterMs;
    },
  };
}

interface StatusOptions {
  readonly stalledAfterMs: number;
  eventCount(): number;
  /** Milliseconds on any clock that doesn't jump. */
  now(): number;
}

const REPORT_EVERY_MS = 30_000;

/** Logs a line about the flow every 30 s. Gives a function that stops it. */
export function startReports(metrics: IndexerMetrics, queue: Pick<BatchQueue, 'byteLength'>, log: Logger): () => void {
  let before = metrics.events.total();
  const timer = setInterval(() => {
    const events = metrics.events.total();
    const timeUs = metrics.events.timeUs();
    log.info(
      {
        eventsPerSecond: Math.round(((events - before) * 1000) / REPORT_EVERY_MS),
        events,
        lagSeconds: timeUs === undefined ? undefined : Math.round(Date.now() / 1000 - timeUs / 1e6),
        queueBytes: queue.byteLength(),
      },
      'indexing',
    );
    before = events;
  }, REPORT_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
