import { createMetricsServer, type HealthCheck, runService } from '@updraft/service';
import { Registry } from 'prom-client';
import { readIndexerConfig } from './config.ts';
import { createCrashPoints } from './crash-points.ts';
import { runIndexer } from './indexer.ts';
import { createIndexerMetrics } from './metrics.ts';
import { createStatus } from './status.ts';
import { openStores, type Stores } from './stores.ts';

/** Longer than any silence that is normal: the watchdog ends a silent connection after IDLE_TIMEOUT, and tries never stop. */
const STALLED_AFTER_MS = 300_000;

await runService('indexer', async ({ signal, log }) => {
  const config = readIndexerConfig(process.env);
  log.level = config.logLevel;
  const crash = createCrashPoints(config.crashPoint, () => process.kill(process.pid, 'SIGKILL'));
  const registry = new Registry();
  const metrics = createIndexerMetrics({ registry, now: Date.now });
  const status = createStatus({
    stalledAfterMs: Math.max(STALLED_AFTER_MS, 3 * config.idleTimeoutMs),
    eventCount: metrics.events.total,
    now: () => performance.now(),
  });

  // First of all, so that a port in use is told at once, and /readyz answers while the databases are waited for.
  let opened: Stores | undefined;
  const server = await createMetricsServer({
    listen: config.metricsListen,
    registry,
    isLive: status.isLive,
    isReady: async () => [connection(status.host()), ...((await opened?.check()) ?? [{ name: 'stores', ok: false }])],
  });
  log.info({ metrics: `http://${server.address}/metrics` }, 'listening');
  try {
    await using stores = await openStores({ config, metrics, status, crash, log, signal });
    opened = stores;
    await runIndexer({ config, ...stores, status, metrics, crash, log }, signal);
  } finally {
    await server.close();
  }
});

function connection(host: string | undefined): HealthCheck {
  return { name: 'jetstream', ok: host !== undefined, detail: host ?? 'not connected' };
}
