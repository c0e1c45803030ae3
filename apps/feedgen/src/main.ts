import { readFeedsFile } from '@updraft/feeds';
import { createLogger, runService, serveHttp, startTelemetry } from '@updraft/service';
import { checkStores, createClickHouse, createRedis, PRIORITIES, withCallOptions } from '@updraft/store';
import { readFeedgenConfig } from './config.ts';
import { createFeedgen } from './feedgen.ts';
import { readiness } from './health.ts';

await runService('feedgen', async ({ signal }) => {
  const config = readFeedgenConfig(process.env);
  const log = createLogger({ service: 'feedgen', level: config.logLevel });
  const file = await readFeedsFile(config.feedsFile);
  await using last = new AsyncDisposableStack();
  last.use(await startTelemetry(config.telemetry, log));
  const clickhouse = withCallOptions(createClickHouse(config.clickhouse), { settings: PRIORITIES.feeds });
  const { address, password } = config.redis;
  const redis = createRedis({ address, password });
  const subscriber = createRedis({ address, password });
  const feedgen = createFeedgen({ config, file, clickhouse, redis, subscriber, log });
  const isReady = readiness(feedgen.context, () => checkStores(clickhouse, redis));
  const background = new AbortController();
  const service = {
    app: feedgen.app,
    listen: config.listen,
    drainDelayMs: config.drainDelayMs,
    metrics: { listen: config.metricsListen, registry: feedgen.context.metrics.registry, isReady },
    start: () => feedgen.start(background.signal),
    background,
    log,
    says: 'serving feeds',
    facts: { did: config.service.did, feeds: file.feeds.size },
  };
  await serveHttp(service, signal);
  await feedgen.close();
  redis.disconnect();
  await clickhouse.close();
});
