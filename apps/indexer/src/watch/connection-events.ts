import type { IngestGapRow } from '@updraft/store';
import { collectionLabel } from '../intake/event-counts.ts';
import type { IndexerDeps } from '../run/indexer.ts';
import type { ConnectionEvents } from '../source/stream-reports.ts';

const LACKS_SYNC =
  'this host speaks v1, which does not tell of repositories that diverged (#sync): what such an account no longer has stays in the index';
/** What hosts say, as far as it is known: anything else counts as one. */
const NOTICES: ReadonlySet<string> = new Set(['OutdatedCursor', 'FutureCursor']);

/** Reports what happens to the connection: to status, metrics and log, and to `writeGap` the rows of what may be missing. */
export function connectionEvents(
  { metrics, status, log }: Pick<IndexerDeps, 'metrics' | 'status' | 'log'>,
  writeGap: (row: IngestGapRow) => void,
): ConnectionEvents {
  return {
    connecting: (host, point) => {
      status.active();
      log.debug({ host, ...point }, 'connecting');
    },
    connected: (host, point, hasSync) => {
      status.connected(host);
      metrics.connected.set({ host }, 1);
      metrics.hasSync.set(hasSync ? 1 : 0);
      log.info({ host, ...(point ?? { kind: 'live' }) }, 'connected to Jetstream');
      if (!hasSync) log.warn({ host }, LACKS_SYNC);
    },
    info: (host, name, message) => {
      metrics.notices.inc({ name: NOTICES.has(name) ? name : 'other' });
      log.warn({ host, name }, `the host says of the stream: ${message}`);
    },
    compared: (host, other, outcome) => {
      metrics.comparisons.inc({ outcome });
      log.debug({ host, other, outcome }, 'compared two hosts');
    },
    ended: (host, end, retryInMs) => {
      status.connected(undefined);
      status.active(retryInMs);
      metrics.connected.set({ host }, 0);
      metrics.reconnects.inc({ reason: end.reason });
      const fields = { host, reason: end.reason, events: end.events, retryInMs };
      if (end.reason === 'stopped') log.info(fields, 'Jetstream closed');
      else if (end.reason === 'backpressure') log.warn(fields, `Jetstream closed on purpose: ${end.detail}`);
      else log.warn(fields, `Jetstream ended: ${end.detail}`);
    },
    ...gapEvents(metrics, log, writeGap),
  };
}

type GapEvents = Pick<ConnectionEvents, 'wentBack' | 'leftOut' | 'blind'>;

function gapEvents(
  metrics: IndexerDeps['metrics'],
  log: IndexerDeps['log'],
  writeGap: (row: IngestGapRow) => void,
): GapEvents {
  return {
    wentBack: (row) => {
      writeGap(row);
      metrics.gaps.inc();
      metrics.wentBack.inc();
      log.error({ host: row.host }, `the server went back: ${row.detail}`);
    },
    leftOut: (row, isOver) => {
      writeGap(row);
      if (isOver) return log.info({ host: row.host }, 'the host is asked for events of any size again');
      metrics.gaps.inc();
      log.error({ host: row.host }, `an event above the limit of a frame is left out: ${row.detail}`);
    },
    blind: (row, host, { collection, witness }) => {
      writeGap(row);
      metrics.gaps.inc();
      metrics.blindHosts.inc({ host, collection: collectionLabel(collection) });
      log.error({ host, collection, witness }, `a host leaves a collection out, or a part of it: ${row.detail}`);
    },
  };
}
