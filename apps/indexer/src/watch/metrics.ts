import type { RejectReason } from '@updraft/atproto';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { collectionLabel, createEventCounts, type EventCounts } from '../intake/event-counts.ts';

/** The numbers of a running indexer, by the names that dashboards and the screen of `npm start` read. */
export interface IndexerMetrics {
  readonly events: EventCounts;
  /** Gives what reads the bytes of rows in memory. */
  watchQueue(bytes: () => number): void;
  rejected(reason: RejectReason): void;
  unusable(collection: string): void;
  gap(): void;
  erased(): void;
  /** An account's order is in doubt, and what came of asking its server. */
  accountDoubt(reason: string): void;
  accountAnswer(outcome: string): void;
  batch(rows: number, durationMs: number): void;
  rowsWritten(table: string, rows: number): void;
  writeRetry(): void;
  writeHeld(table: string): void;
  cursorSaveFailed(): void;
  /** Whether this indexer is the one that reads the stream, or a standby. */
  active(isActive: boolean): void;
  connected(host: string, isConnected: boolean): void;
  reconnect(reason: string): void;
  /** A host was found to leave a collection out. */
  blind(host: string, collection: string): void;
}

export interface MetricsOptions {
  readonly registry: Registry;
  now(): number;
}

const BATCH_ROWS = [1, 10, 100, 500, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000];
const BATCH_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Registers the indexer's metrics. Events are counted in plain numbers, and become labels when somebody reads them. */
export function createIndexerMetrics({ registry, now }: MetricsOptions): IndexerMetrics {
  const events = createEventCounts();
  let queueBytes = (): number => 0;
  registerReadings(registry, events, () => queueBytes(), now);
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> =>
    new Counter({ name: `updraft_indexer_${name}`, help, labelNames, registers: [registry] });

  const rejected = counter('rejected_total', 'Events set aside in rejected_events', ['reason']);
  const unusable = counter('unusable_records_total', 'Records that make no sense as their type', ['collection']);
  const gaps = counter('gaps_total', 'Stretches of which something may be missing');
  const erased = counter('erased_total', 'Events of erased accounts, of which nothing is written');
  const doubts = counter('account_doubts_total', 'Events that leave the order of an account in doubt', ['reason']);
  const answers = counter('account_answers_total', 'Questions to accounts’ own servers', ['outcome']);
  const batches = counter('batches_total', 'Batches acknowledged by ClickHouse');
  const rowsWritten = counter('rows_written_total', 'Rows acknowledged by ClickHouse', ['table']);
  const retries = counter('write_retries_total', 'Failed tries of writing a block');
  const held = counter('write_held_total', 'Blocks that ClickHouse refuses as a whole', ['table']);
  const saveFailures = counter('cursor_save_failures_total', 'Cursors that could not be saved');
  const reconnects = counter('reconnects_total', 'Ended connections', ['reason']);
  const blind = counter('blind_hosts_total', 'Times that a host was found to leave a collection out', [
    'host',
    'collection',
  ]);
  const connected = new Gauge({
    name: 'updraft_indexer_connected',
    help: '1 for the host that is read, 0 for others',
    labelNames: ['host'],
    registers: [registry],
  });
  const active = new Gauge({
    name: 'updraft_indexer_active',
    help: '1 when this indexer holds the lease and reads the stream, 0 while it stands by',
    registers: [registry],
  });
  const batchRows = new Histogram({
    name: 'updraft_indexer_batch_rows',
    help: 'Rows of a batch, all tables',
    buckets: BATCH_ROWS,
    registers: [registry],
  });
  const batchSeconds = new Histogram({
    name: 'updraft_indexer_batch_duration_seconds',
    help: 'From the begin of a write to its acknowledgement',
    buckets: BATCH_SECONDS,
    registers: [registry],
  });
  return {
    events,
    watchQueue: (bytes) => {
      queueBytes = bytes;
    },
    rejected: (reason) => rejected.inc({ reason }),
    unusable: (collection) => unusable.inc({ collection: collectionLabel(collection) }),
    gap: () => gaps.inc(),
    erased: () => erased.inc(),
    accountDoubt: (reason) => doubts.inc({ reason }),
    accountAnswer: (outcome) => answers.inc({ outcome }),
    batch: (rows, durationMs) => {
      batches.inc();
      batchRows.observe(rows);
      batchSeconds.observe(durationMs / 1000);
    },
    rowsWritten: (table, rows) => rowsWritten.inc({ table }, rows),
    writeRetry: () => retries.inc(),
    writeHeld: (table) => held.inc({ table }),
    cursorSaveFailed: () => saveFailures.inc(),
    active: (isActive) => active.set(isActive ? 1 : 0),
    connected: (host, isConnected) => connected.set({ host }, isConnected ? 1 : 0),
    reconnect: (reason) => reconnects.inc({ reason }),
    blind: (host, collection) => blind.inc({ host, collection: collectionLabel(collection) }),
  };
}

/** Metrics whose values stand elsewhere and are read when asked for. */
function registerReadings(registry: Registry, events: EventCounts, queueBytes: () => number, now: () => number): void {
  const eventsTotal = new Counter({
    name: 'updraft_indexer_events_total',
    help: 'Events received and understood',
    labelNames: ['kind', 'operation', 'collection'],
    registers: [],
    collect() {
      this.reset();
      for (const { events: count, ...labels } of events.list()) this.inc(labels, count);
    },
  });
  const lag = new Gauge({
    name: 'updraft_indexer_lag_seconds',
    help: 'How long ago the last events happened, by their time_us: months, when an old recording is played',
    registers: [],
    collect() {
      const timeUs = events.timeUs();
      if (timeUs === undefined) this.reset();
      else this.set(Math.max(0, now() / 1000 - timeUs / 1e6));
    },
  });
  const queue = new Gauge({
    name: 'updraft_indexer_queue_bytes',
    help: 'Rows in memory that are not acknowledged yet',
    registers: [],
    collect() {
      this.set(queueBytes());
    },
  });
  for (const metric of [eventsTotal, lag, queue]) registry.registerMetric(metric);
}
