import { createDidResolver, createSafeFetch } from '@updraft/identity';
import {
  createMetricsServer,
  type Logger,
  readBuildInfo,
  runService,
  type ServiceContext,
  startTelemetry,
} from '@updraft/service';
import { announcing, type BatchWriterHooks } from '@updraft/store';
import { Registry } from 'prom-client';
import { type AskServer, createAskServer } from '../accounts/ask-server.ts';
import { type IndexerConfig, readIndexerConfig } from '../config.ts';
import { type HealDeps, heal, whenCalm } from '../heal/heal.ts';
import { type FollowDeps, followLabelers } from '../labels/follow-labelers.ts';
import { createLabelerReports } from '../labels/labeler-reports.ts';
import { becomeActive } from '../lease/active.ts';
import { createHealth, type IndexerHealth } from '../watch/health.ts';
import { createIndexerMetrics, type IndexerMetrics } from '../watch/metrics.ts';
import { endIfStalled } from '../watch/stall.ts';
import { createStatus, type IndexerStatus } from '../watch/status.ts';
import { createTelling } from '../watch/telling.ts';
import type { Hooks } from './hooks.ts';
import { type IndexerDeps, runIndexer } from './indexer.ts';
import { openStores } from './stores.ts';

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
  const reports = createLabelerReports({ metrics, log });
  const health = createHealth(status, reports.check);

  // First, so that a port in use is reported at once, and /readyz answers while this waits for the databases.
  const server = await createMetricsServer({
    listen: config.metricsListen,
    registry,
    isLive: status.isLive,
    ...health,
    stopping: signal,
  });
  log.info({ metrics: `http://${server.address}/metrics`, ...readBuildInfo() }, 'listening');
  const parts = { config, metrics, status, log, hooks };
  try {
    await using stores = await openStores({ config, writerHooks: writerHooks(metrics, status), hooks, log, signal });
    health.opened(stores);
    const about = { redis: stores.redis, prefix: config.redis.prefix, name: 'indexer' as const, log };
    await using said = new AsyncDisposableStack();
    said.use(announcing({ ...about, tell: createTelling({ ...parts, health }) }));
    await using lease = await becomeActive({ ...parts, ...stores, onStandby: () => standBy(health, log) }, signal);
    health.became('active');
    metrics.active.set(1);
    const beside = besideIt({ ...parts, ...stores, reports });
    const run = runIndexer({ ...parts, ...stores, ask: askServer(config.accounts), beside }, signal);
    await Promise.race([run, lease.lost, endIfStalled(run, status, config.stallTimeoutMs)]);
  } finally {
    await server.close();
  }
}

function standBy(health: IndexerHealth, log: Logger): void {
  health.became('standby');
  log.info('another indexer is active; this one stands by');
}

/** What the active indexer does beside reading the stream. */
function besideIt(parts: Omit<HealDeps & FollowDeps, 'queue' | 'ready'>): NonNullable<IndexerDeps['beside']> {
  return async (queue, over) => {
    const ready = whenCalm(queue, parts.config.limits);
    await Promise.all([heal({ ...parts, queue }, over), followLabelers({ ...parts, ready }, over)]);
  };
}

function writerHooks(metrics: IndexerMetrics, status: IndexerStatus): BatchWriterHooks {
  return {
    onRetry: () => {
      status.active();
      metrics.writeRetries.inc();
    },
    onWritten: (table, rows) => metrics.rowsWritten.inc({ table }, rows),
    onSetAside: () => metrics.rejected.inc({ reason: 'refused_by_clickhouse' }),
    onHeld: (table) => metrics.writesHeld.inc({ table }),
  };
}

function askServer({ ask, plcHost, allowPrivateAddresses }: IndexerConfig['accounts']): AskServer | undefined {
  if (!ask) return undefined;
  const safeFetch = createSafeFetch({ allowPrivateAddresses });
  const resolver = createDidResolver({ plcHost, safeFetch, allowLocalhost: allowPrivateAddresses });
  return createAskServer({ resolver, safeFetch });
}
