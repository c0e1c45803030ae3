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
  readonly lagSeconds: number | undefined;
  /** The host that events come from; undefined while there is none. */
  readonly connectedTo: string | undefined;
}

/** The figures of one moment, as they are shown. */
export interface Figures {
  /** Over the last few seconds; undefined before the second reading. */
  readonly eventsPerSecond: number | undefined;
  /** Since `npm start`, restarts of the indexer included. */
  readonly total: number;
  readonly lagSeconds: number | undefined;
  readonly batches: number;
  readonly retries: number;
  readonly rejected: number;
  readonly gaps: number;
  readonly queueBytes: number;
  readonly connectedTo: string | undefined;
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
    lagSeconds: maxOf(samples, 'updraft_indexer_lag_seconds'),
    connectedTo: connected?.labels['host'],
  };
}

const rateWindowMs = 5_000;
const counters = ['events', 'batches', 'retries', 'rejected', 'gaps'] as const;
type Counter = (typeof counters)[number];

/**
 * Turns readings into figures: counters of an indexer that was restarted begin at zero again, and what earlier ones counted is
 * kept; the rate is that of the last five seconds.
 */
export function createFigures(): { add(reading: IndexerReading): Figures } {
  const carried: Record<Counter, number> = { events: 0, batches: 0, retries: 0, rejected: 0, gaps: 0 };
  let last: IndexerReading | undefined;
  let recent: { atMs: number; total: number }[] = [];
  return {
    add(reading) {
      for (const name of counters) {
        if (last !== undefined && reading[name] < last[name]) carried[name] += last[name];
      }
      last = reading;
      const total = carried.events + reading.events;
      recent = [...recent.filter(({ atMs }) => reading.atMs - atMs <= rateWindowMs), { atMs: reading.atMs, total }];
      return {
        eventsPerSecond: rateOf(recent),
        total,
        lagSeconds: reading.lagSeconds,
        batches: carried.batches + reading.batches,
        retries: carried.retries + reading.retries,
        rejected: carried.rejected + reading.rejected,
        gaps: carried.gaps + reading.gaps,
        queueBytes: reading.queueBytes,
        connectedTo: reading.connectedTo,
      };
    },
  };
}

function rateOf(points: readonly { atMs: number; total: number }[]): number | undefined {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
  return ((last.total - first.total) * 1000) / (last.atMs - first.atMs);
}
