import { enableCompileCache } from 'node:module';
import {
  ConfigError,
  createLogger,
  createMetricsServer,
  listenOrExplain,
  readConfig,
  runService,
} from '@updraft/service';
import { clickHouseOptions, createClickHouse, createRedis } from '@updraft/store';
import { type SearchEnvironment, searchEnvironment } from './config.ts';
import { readiness } from './health.ts';
import { createSearch } from './search.ts';

enableCompileCache(); // a thread that reads a repository then needs no compiler of its own: 30 MB less each

await runService('search', async ({ signal }) => {
  const env = readConfig(searchEnvironment, process.env);
  requireLoopback(env);
  const log = createLogger({ service: 'search', level: env.LOG_LEVEL });
  const clickhouse = createClickHouse({ ...clickHouseOptions(env), log });
  const redis = createRedis({ address: env.REDIS_ADDRESS, prefix: `${env.REDIS_PREFIX}:search`, log });
  const { app, context, run } = await createSearch({ env, clickhouse, redis, log, signal });
  const isReady = readiness({ redis: () => redis.ping(), clickhouse: () => clickhouse.ping({ timeoutMs: 2_000 }) });
  const metrics = await createMetricsServer({
    listen: env.METRICS_LISTEN_ADDRESS,
    registry: context.metrics.registry,
    isReady,
  });
  const background = run();
  await listenOrExplain(env.LISTEN_ADDRESS, 'LISTEN_ADDRESS', ({ host, port }) => app.listen({ host, port }));
  log.info(
    { listen: env.LISTEN_ADDRESS, metrics: metrics.address, cleanups: context.cleanups !== undefined },
    'serving search',
  );
  await background;
  await app.close();
  await metrics.close();
  redis.disconnect();
  await clickhouse.close();
});

/** Whoever answers an unencrypted PLC directory's questions decides who is who: such a service is not for others. */
function requireLoopback({ PLC_HOST: plc, LISTEN_ADDRESS: listen }: SearchEnvironment): void {
  const host = listen.slice(0, listen.lastIndexOf(':'));
  const isLoopback = host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
  if (!plc.startsWith('http:') || isLoopback) return;
  throw new ConfigError([
    `LISTEN_ADDRESS: with an http: PLC_HOST the service listens on 127.0.0.1 only, got ${JSON.stringify(listen)}`,
  ]);
}
