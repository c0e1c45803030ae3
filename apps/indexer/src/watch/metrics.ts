import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { createEventCounts, type EventCounts } from '../intake/event-counts.ts';

/** The metrics of a running indexer; docs/metrics.md describes them. */
export type IndexerMetrics = ReturnType<typeof createIndexerMetrics>;

export function createIndexerMetrics({ registry, now }: { readonly registry: Registry; now(): number }) {
  const events = createEventCounts();
  let queueBytes = (): number => 0;
  for (const metric of [...eventMetrics(events, now), queueMetric(() => queueBytes())]) registry.registerMetric(metric);
  return {
    events,
    /** Sets what reads the bytes of rows in memory. */
    watchQueue: (bytes: () => number): void => {
      queueBytes = bytes;
    },
    queueBytes: (): number => queueBytes(),
    ...counters(registry),
    ...gauges([registry]),
    ...labelerGauges([registry]),
    ...histograms([registry]),
  };
}

function counters(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> =>
    new Counter({ name: `updraft_indexer_${name}_total`, help, labelNames, registers: [registry] });
  return {
    rejected: counter('rejected', 'Events set aside in rejected_events', ['reason']),
    unusable: counter('unusable_records', 'Records that make no sense as their type', ['collection']),
    gaps: counter('gaps', 'Stretches of which something may be missing'),
    healedGaps: counter('healed_gaps', 'Gaps whose stretch was read again'),
    healTries: counter('gap_heals', 'Tries to heal a gap', ['outcome']),
    healEvents: counter('gap_events', 'Events read again in the stretches of gaps'),
    filledAccounts: counter('filled_accounts', 'New members whose repositories were asked for', ['outcome']),
    erased: counter('erased', 'Events of erased accounts, of which nothing is written'),
    doubts: counter('account_doubts', 'Events that leave the order of an account in doubt', ['reason']),
    answers: counter('account_answers', 'Questions to accounts’ own servers', ['outcome']),
    batches: counter('batches', 'Batches acknowledged by ClickHouse'),
    rowsWritten: counter('rows_written', 'Rows acknowledged by ClickHouse', ['table']),
    writeRetries: counter('write_retries', 'Failed tries of writing a block'),
    writesHeld: counter('write_held', 'Blocks that ClickHouse refuses as a whole', ['table']),
    saveFailures: counter('cursor_save_failures', 'Cursors that could not be saved'),
    comparisons: counter('comparisons', 'Comparisons of the host that is read with another one', ['outcome']),
    wentBack: counter('went_back', 'Times that a server used sequence numbers again for other events'),
    notices: counter('notices', 'What hosts said of the stream, such as that a cursor is too old', ['name']),
    archiveRetries: counter('archive_retries', 'Requests to the archive that failed while SINCE is read'),
    reconnects: counter('reconnects', 'Ended connections', ['reason']),
    labels: counter('labels', 'Labels of labelers that are stored', ['labeler']),
    labelsRejected: counter('labels_rejected', 'Labels of labelers that are set aside in rejected_events', [
      'labeler',
      'reason',
    ]),
    labelerEnds: counter('labeler_ends', 'Ended connections to labelers', ['labeler', 'reason']),
    labelerNotices: counter('labeler_notices', 'What labelers said of their streams', ['labeler', 'name']),
    blindHosts: counter('blind_hosts', 'Times that a host was found to leave a collection out', ['host', 'collection']),
  };
}

function gauges(registers: Registry[]) {
  return {
    connected: new Gauge({
      name: 'updraft_indexer_connected',
      help: '1 for the host that is read, 0 for others',
      labelNames: ['host'],
      registers,
    }),
    hasSync: new Gauge({
      name: 'updraft_indexer_has_sync',
      help: '1 when the host that was connected last tells of repositories that diverged (v2), 0 when it does not (v1)',
      registers,
    }),
    openGaps: new Gauge({
      name: 'updraft_indexer_open_gaps',
      help: 'Stretches of which something may be missing, and which nobody has read again',
      registers,
    }),
    active: new Gauge({
      name: 'updraft_indexer_active',
      help: '1 when this indexer holds the lease and reads the stream, 0 while it stands by',
      registers,
    }),
  };
}

function labelerGauges(registers: Registry[]) {
  return {
    labelerConnected: new Gauge({
      name: 'updraft_indexer_labeler_connected',
      help: '1 while the labeler is connected, 0 while it is not',
      labelNames: ['labeler'],
      registers,
    }),
    labelsLag: new Gauge({
      name: 'updraft_indexer_labels_lag_seconds',
      help: 'How old the last label was when it was stored; 0 when the labeler has had nothing to say since',
      labelNames: ['labeler'],
      registers,
    }),
  };
}

function histograms(registers: Registry[]) {
  return {
    batchRows: new Histogram({
      name: 'updraft_indexer_batch_rows',
      help: 'Rows of a batch, all tables',
      buckets: [1, 10, 100, 500, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000],
      registers,
    }),
    batchSeconds: new Histogram({
      name: 'updraft_indexer_batch_duration_seconds',
      help: 'From the start of a write to its acknowledgement',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    }),
  };
}

/** Events are counted in plain numbers, which become metrics when they are read: labels would cost too much for each event. */
function eventMetrics(events: EventCounts, now: () => number): [Counter, Gauge] {
  const total = new Counter({
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
  return [total, lag];
}

function queueMetric(queueBytes: () => number): Gauge {
  return new Gauge({
    name: 'updraft_indexer_queue_bytes',
    help: 'Rows in memory that are not acknowledged yet',
    registers: [],
    collect() {
      this.set(queueBytes());
    },
  });
}
