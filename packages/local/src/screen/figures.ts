import { maxOf, type Sample, sumOf } from './prometheus-text.ts';

/** What the indexer's metrics say at one moment. */
export interface IndexerReading {
  readonly atMs: number;
  readonly events: number;
  readonly batches: number;
  readonly retries: number;
  readonly rejected: number;
  readonly gaps: number;
  readonly queueBytes: number;
  /** Undefined while there is no connection: the time since the last event says nothing then. */
  readonly lagSeconds: number | undefined;
  /** The host that events come from; undefined while there is none. */
  readonly connectedTo: string | undefined;
}

/** The figures of one moment, as they are shown. */
export interface Figures extends Omit<IndexerReading, 'atMs' | 'events'> {
  /** Over the last few seconds; undefined before the second reading. */
  readonly eventsPerSecond: number | undefined;
  /** Events since `npm start`, restarts of the indexer included. */
  readonly total: number;
}

/** Samples of the indexer's /metrics → a reading. */
export function readIndexer(samples: readonly Sample[], atMs: number): IndexerReading {
  const connected = samples.find(({ name, value }) => name === 'updraft_indexer_connected' && value > 0);
  return {
    atMs,
    events: sumOf(samples, 'updraft_indexer_events_total'),
    batches: sumOf(samples, 'updraft_indexer_batches_total'),
    retries: sumOf(samples, 'updraft_indexer_write_retries_total'),
    rejected: sumOf(samples, 'updraft_indexer_rejected_total'),
    gaps: sumOf(samples, 'updraft_indexer_gaps_total'),
    queueBytes: sumOf(samples, 'updraft_indexer_queue_bytes'),
    lagSeconds: connected && maxOf(samples, 'updraft_indexer_lag_seconds'),
    connectedTo: connected?.labels['host'],
  };
}

const RATE_WINDOW_MS = 5_000;
const COUNTERS = ['events', 'batches', 'retries', 'rejected', 'gaps'] as const;
type Counter = (typeof COUNTERS)[number];

/**
 * Turns readings into figures. The counters of a restarted indexer begin at zero again: what it counted before is added. The rate is that of
 * the last five seconds.
 */
export function createFigures(): { add(reading: IndexerReading): Figures } {
  const carried: Record<Counter, number> = { events: 0, batches: 0, retries: 0, rejected: 0, gaps: 0 };
  let last: IndexerReading | undefined;
  let recent: { atMs: number; total: number }[] = [];
  return {
    add(reading) {
      const sums = { ...carried };
      for (const name of COUNTERS) {
        if (last !== undefined && reading[name] < last[name]) carried[name] += last[name];
        sums[name] = carried[name] + reading[name];
      }
      last = reading;
      const { atMs, queueBytes, lagSeconds, connectedTo } = reading;
      const { events: total, ...others } = sums;
      recent = [...recent.filter((point) => atMs - point.atMs <= RATE_WINDOW_MS), { atMs, total }];
      return { eventsPerSecond: rateOf(recent), total, ...others, queueBytes, lagSeconds, connectedTo };
    },
  };
}

function rateOf(points: readonly { atMs: number; total: number }[]): number | undefined {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
  return ((last.total - first.total) * 1000) / (last.atMs - first.atMs);
}
