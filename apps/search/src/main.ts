import { enableCompileCache } from 'node:module';
import { createLogger, runService, serveHttp, startTelemetry, telemetryOptions } from '@updraft/service';
import { checkStores, clickHouseOptions, createClickHouse, createRedis } from '@updraft/store';
import { readSearchConfig } from './config.ts';
import { createSearch } from './search.ts';

enableCompileCache(); // saves each thread that reads a repository a compiler, 30 MB

await runService('search', async ({ signal }) => {
  const env = readSearchConfig(process.env);
  const log = createLogger({ service: 'search', level: env.LOG_LEVEL });
  await using last = new AsyncDisposableStack();
  last.use(await startTelemetry(telemetryOptions('search', env), log));
  const background = new AbortController();
  const clickhouse = createClickHouse({ ...clickHouseOptions(env), log });
  const redis = createRedis({ address: env.REDIS_ADDRESS, password: env.REDIS_PASSWORD, log });
  const search = await createSearch({ env, clickhouse, redis, log, signal: background.signal });
  const { app, context } = search;
  const service = {
    app,
    listen: env.LISTEN_ADDRESS,
    drainDelayMs: env.DRAIN_DELAY,
    metrics: {
      listen: env.METRICS_LISTEN_ADDRESS,
      registry: context.metrics.registry,
      isReady: () => checkStores(clickhouse, redis),
    },
    start: async () => ({ ended: search.run() }),
    background,
    log,
    says: 'serving search',
    facts: { cleanups: context.cleanups !== undefined },
  };
  await serveHttp(service, signal);
  redis.disconnect();
  await clickhouse.close();
});
