import { createLogger, createMetricsServer, listenOrExplain, runService } from '@updraft/service';
import { createClickHouse, createRedis } from '@updraft/store';
import { readFeedgenConfig } from './config.ts';
import { createFeedgen } from './feedgen.ts';
import { readFeedsFile } from './feeds-file/read-feeds.ts';
import { readiness } from './health.ts';
import { keepGauges } from './metrics.ts';

await runService('feedgen', async ({ signal }) => {
  const config = readFeedgenConfig(process.env);
  const log = createLogger({ service: 'feedgen', level: config.logLevel });
  const file = await readFeedsFile(config.feedsFile);
  const clickhouse = createClickHouse({ ...config.clickhouse, log });
  const redis = createRedis({ address: config.redis.address });
  const subscriber = createRedis({ address: config.redis.address });
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
  });
  const { ended } = await feedgen.start(signal);
  await listenOrExplain(config.listen, 'LISTEN_ADDRESS', ({ host, port }) => feedgen.app.listen({ host, port }));
  log.info(
    { listen: config.listen, metrics: metrics.address, did: config.service.did, feeds: file.feeds.size },
    'serving feeds',
  );
  await ended;
  await feedgen.app.close();
  await feedgen.close();
  await metrics.close();
  redis.disconnect();
  await clickhouse.close();
});
