import { enableCompileCache } from 'node:module';
import {
  createLogger,
  createMetricsServer,
  drain,
  listenOrExplain,
  readBuildInfo,
  runService,
  startTelemetry,
  telemetryOptions,
  untilStopped,
} from '@updraft/service';
import { clickHouseOptions, createClickHouse, createRedis } from '@updraft/store';
import { readSearchConfig } from './config.ts';
import { readiness } from './health.ts';
import { createSearch } from './search.ts';

enableCompileCache(); // a thread that reads a repository then needs no compiler of its own: 30 MB less each

await runService('search', async ({ signal }) => {
  const env = readSearchConfig(process.env);
  const log = createLogger({ service: 'search', level: env.LOG_LEVEL });
  await using last = new AsyncDisposableStack();
  last.use(await startTelemetry(telemetryOptions('search', env), log));
  const background = new AbortController();
  const clickhouse = createClickHouse({ ...clickHouseOptions(env), log });
  const redis = createRedis({
    address: env.REDIS_ADDRESS,
    password: env.REDIS_PASSWORD,
    prefix: `${env.REDIS_PREFIX}:search`,
    log,
  });
  const search = await createSearch({ env, clickhouse, redis, log, signal: background.signal });
  const { app, context } = search;
  const isReady = readiness({ redis: () => redis.ping(), clickhouse: () => clickhouse.ping({ timeoutMs: 2_000 }) });
  const metrics = await createMetricsServer({
    listen: env.METRICS_LISTEN_ADDRESS,
    registry: context.metrics.registry,
    isReady,
    isStarted: () => app.server.listening,
    stopping: signal,
  });
  const ended = search.run();
  const url = await listenOrExplain(env.LISTEN_ADDRESS, 'LISTEN_ADDRESS', ({ host, port }) =>
    app.listen({ host, port }),
  );
  log.info(
    {
      listen: url,
      metrics: metrics.address,
      cleanups: context.cleanups !== undefined,
      ...readBuildInfo(),
    },
    'serving search',
  );
  await Promise.race([untilStopped(signal), ended]);
  await drain(app, env.DRAIN_DELAY);
  background.abort(signal.reason);
  await ended;
  await metrics.close();
  redis.disconnect();
  await clickhouse.close();
});
