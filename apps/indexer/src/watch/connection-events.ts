import type { Logger } from '@updraft/service';
import type { IngestGapRow } from '@updraft/store';
import type { ConnectionEvents } from '../source/jetstream.ts';
import type { IndexerMetrics } from './metrics.ts';
import type { IndexerStatus } from './status.ts';

export interface ConnectionEventsDeps {
  readonly metrics: IndexerMetrics;
  readonly status: IndexerStatus;
  readonly log: Logger;
  /** Has the row written. */
  gap(row: IngestGapRow): void;
}

/** What the indexer tells of its connection: status, metrics, a line of the log, and rows of what may be missing. */
export function connectionEvents({ metrics, status, log, gap }: ConnectionEventsDeps): ConnectionEvents {
  return {
    connecting: (host, point) => {
      status.active();
      log.debug({ host, ...point }, 'connecting');
    },
    connected: (host, point) => {
      status.connected(host);
      metrics.connected(host, true);
      log.info({ host, ...(point ?? { by: 'live' }) }, 'connected to Jetstream');
    },
    ended: (host, end, retryInMs) => {
      status.connected(undefined);
      metrics.connected(host, false);
      metrics.reconnect(end.reason);
      const fields = { host, reason: end.reason, events: end.events, retryInMs };
      if (end.reason === 'stopped') log.info(fields, 'Jetstream closed');
      else if (end.reason === 'backpressure') log.warn(fields, `Jetstream closed on purpose: ${end.detail}`);
      else log.warn(fields, `Jetstream ended: ${end.detail}`);
    },
    leftOut: (row, isOver) => {
      gap(row);
      if (isOver) return log.info({ host: row.host }, 'events of any size are asked for again');
      metrics.gap();
      log.error({ host: row.host }, `an event above the limit of a frame is left out: ${row.detail}`);
    },
    blind: (row, host, { collection, witness }) => {
      gap(row);
      metrics.gap();
      metrics.blind(host, collection);
      log.error({ host, collection, witness }, `a host is partially blind: ${row.detail}`);
    },
  };
}
