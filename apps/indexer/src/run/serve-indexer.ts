import { createDidResolver, createSafeFetch } from '@updraft/identity';
import { createMetricsServer, readBuildInfo, runService, type ServiceContext, startTelemetry } from '@updraft/service';
import { Registry } from 'prom-client';
import { type AskServer, createAskServer } from '../accounts/ask-server.ts';
import { type IndexerConfig, readIndexerConfig } from '../config.ts';
import { becomeActive } from '../lease/active.ts';
import { createHealth } from '../watch/health.ts';
import { createIndexerMetrics } from '../watch/metrics.ts';
import { watchForStall } from '../watch/stall.ts';
import { createStatus } from '../watch/status.ts';
import type { Hooks } from './hooks.ts';
import { type IndexerDeps, runIndexer } from './indexer.ts';
import { openStores } from './stores.ts';

const MAX_STALL_GRACE_MS = 30_000;

/** Runs the indexer as this process until it is told to end. */
export async function serveIndexer(env: NodeJS.ProcessEnv, hooks?: Hooks): Promise<void> {
  await runService('indexer', (service) => serve(service, readIndexerConfig(env), hooks));
}

async function serve({ signal, log }: ServiceContext, config: IndexerConfig, hooks: Hooks | undefined): Promise<void> {
  log.level = config.logLevel;
  await using last = new AsyncDisposableStack();
  last.use(await startTelemetry(config.telemetry, log));
  const registry = new Registry();
  const metrics = createIndexerMetrics({ registry, now: Date.now });
  const status = createStatus({
    stalledAfterMs: config.stallTimeoutMs,
    eventCount: metrics.events.total,
    now: () => performance.now(),
  });
  const health = createHealth(status);

  // First of all, so that a port in use is told at once, and /readyz answers while the databases are waited for.
  const server = await createMetricsServer({
    listen: config.metricsListen,
    registry,
    isLive: status.isLive,
    ...health,
    stopping: signal,
  });
  log.info({ metrics: `http://${server.address}/metrics`, ...readBuildInfo() }, 'listening');
  try {
    await using stores = await openStores({ config, metrics, status, hooks, log, signal });
    health.opened(stores);
    const onStandby = (): void => {
      health.became('standby');
      log.info('another indexer is at work: this one is its standby');
    };
    await using lease = await becomeActive({ ...stores, status, log, onStandby }, signal);
    health.became('active');
    metrics.active(true);
    const ask = askServer(config.accounts);
    const run = runIndexer({ config, ...stores, ask, status, metrics, hooks, log }, signal);
    await Promise.race([run, lease.lost, endIfStalled(config, status, run)]);
  } finally {
    await server.close();
  }
}

function askServer({ ask, plcHost, allowPrivateAddresses }: IndexerConfig['accounts']): AskServer | undefined {
  if (!ask) return undefined;
  const safeFetch = createSafeFetch({ allowPrivateAddresses });
  const resolver = createDidResolver({ plcHost, safeFetch, allowLocalhost: allowPrivateAddresses });
  return createAskServer({ resolver, safeFetch });
}

/** Ends with the run at the latest, and rejects when it has stalled. */
async function endIfStalled(
  { stallTimeoutMs }: IndexerConfig,
  status: IndexerDeps['status'],
  run: Promise<void>,
): Promise<void> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  run.then(stop, stop);
  const graceMs = Math.min(MAX_STALL_GRACE_MS, stallTimeoutMs / 2);
  await watchForStall({ status, stalledAfterMs: stallTimeoutMs, graceMs }, over.signal);
  await run;
}
