import { protocolOf } from '@updraft/jetstream';
import type { Telling } from '@updraft/store';
import type { IndexerConfig } from '../config.ts';
import type { IndexerHealth } from './health.ts';
import type { IndexerMetrics } from './metrics.ts';
import type { IndexerStatus } from './status.ts';

export interface TellingDeps {
  readonly config: Pick<IndexerConfig, 'hosts'>;
  readonly status: Pick<IndexerStatus, 'host'>;
  readonly health: Pick<IndexerHealth, 'role'>;
  readonly metrics: Pick<IndexerMetrics, 'events' | 'queueBytes'>;
}

/** Gives what operators see of this process. */
export function createTelling({ config, status, health, metrics }: TellingDeps): () => Telling {
  let [before, beforeAt] = [0, performance.now()];
  return () => {
    const [events, at] = [metrics.events.total(), performance.now()];
    const eventsPerSecond = Math.round((1000 * (events - before)) / Math.max(1, at - beforeAt));
    [before, beforeAt] = [events, at];
    const host = status.host();
    const timeUs = metrics.events.timeUs();
    return {
      facts: {
        role: health.role(),
        ...(host !== undefined && { host, protocol: protocolOf(host) }),
        hosts: config.hosts.join(', ').slice(0, MAX_CHARACTERS),
        events,
        eventsPerSecond,
        ...(timeUs !== undefined && { lagSeconds: Math.max(0, Math.round(Date.now() / 1000 - timeUs / 1e6)) }),
        queueBytes: metrics.queueBytes(),
      },
    };
  };
}

const MAX_CHARACTERS = 2_000;
