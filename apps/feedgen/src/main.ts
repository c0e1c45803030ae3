import {
  createLogger,
  createMetricsServer,
  drain,
  listenOrExplain,
  readBuildInfo,
  runService,
  startTelemetry,
  untilStopped,
} from '@updraft/service';
import { createClickHouse, createRedis, PRIORITIES, withCallOptions } from '@updraft/store';
import { readFeedgenConfig } from './config.ts';
import { createFeedgen } from './feedgen.ts';
import { readFeedsFile } from './feeds-file/read-feeds.ts';
import { readiness } from './health.ts';
import { keepGauges } from './metrics.ts';

await runService('feedgen', async ({ signal }) => {
  const config = readFeedgenConfig(process.env);
  const log = createLogger({ service: 'feedgen', level: config.logLevel });
  const file = await readFeedsFile(config.feedsFile);
  await using last = new AsyncDisposableStack();
  last.use(await startTelemetry(config.telemetry, log));
  const clickhouse = withCallOptions(createClickHouse({ ...config.clickhouse, log }), { settings: PRIORITIES.feeds });
  const { address, password } = config.redis;
  const redis = createRedis({ address, password });
  const subscriber = createRedis({ address, password });
  const feedgen = createFeedgen({ config, file, clickhouse, redis, subscriber, log });
  keepGauges(feedgen.context);
  const isReady = readiness(feedgen.context, {
    redis: () => redis.ping(),
    clickhouse: () => clickhouse.ping({ timeoutMs: 2_000 }),
  });
  const metrics = await createMetricsServer({
    listen: config.metricsListen,
    registry: feedgen.context.metrics.registry,
    isReady,
    isStarted: () => feedgen.app.server.listening,
    stopping: signal,
  });
  const background = new AbortController();
  const { ended } = await feedgen.start(background.signal);
  const url = await listenOrExplain(config.listen, 'LISTEN_ADDRESS', ({ host, port }) =>
    feedgen.app.listen({ host, port }),
  );
  log.info(
    {
      listen: url,
      metrics: metrics.address,
      did: config.service.did,
      feeds: file.feeds.size,
      ...readBuildInfo(),
    },
    'serving feeds',
  );
  await Promise.race([untilStopped(signal), ended]);
  await drain(feedgen.app, config.drainDelayMs);
  background.abort(signal.reason); // after the last request: what it left to write is written
  await ended;
  await feedgen.close();
  await metrics.close();
  redis.disconnect();
  await clickhouse.close();
});
