import type { FeedsFile, QueriedFeed } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import { type ClickHouse, postRecords, type Redis, visiblePosts } from '@updraft/store';
import type { Bus } from '../bus.ts';
import type { FeedgenConfig } from '../config.ts';
import type { Membership } from '../members/membership.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import { createValidPosts } from '../validity/valid-posts.ts';
import { createValidityThread } from '../validity/validity-thread.ts';
import { createBuildStore } from './build-store.ts';
import { type Builder, createBuilder } from './builder.ts';
import { createCuts } from './cuts.ts';
import { runFeedQuery } from './feed-queries.ts';
import { createLiveBuilds } from './live-builds.ts';

export interface BuildingOptions {
  config: Pick<FeedgenConfig, 'redis'>;
  file: FeedsFile;
  clickhouse: ClickHouse;
  redis: Redis;
  bus: Bus;
  membership: Membership;
  metrics: FeedgenMetrics;
  log: Logger;
  cutsIntervalMs?: number;
}

/** Everything about the builds of the feeds that have a query. */
export function createBuilding(options: BuildingOptions) {
  const { config, file, clickhouse, redis, bus, membership, metrics, log, cutsIntervalMs } = options;
  const feeds = [...file.feeds.values()].filter((feed): feed is QueriedFeed => feed.kind !== 'static');
  const store = createBuildStore({ redis, prefix: config.redis.prefix });
  const warn = (what: string) => (error: unknown) => log.warn({ err: error }, what);
  const live = createLiveBuilds({ feeds, store, bus, onError: warn('builds could not be loaded') });
  const thread = createValidityThread({ onLost: warn('the thread that validates records was lost') });
  const keepValid = createValidPosts({
    readRecords: (uris) => postRecords(clickhouse, uris),
    areValid: thread.areValid,
    metrics,
    onError: warn('records could not be validated: they stay in their feeds'),
  });
  const query = oneAtATime((feed: QueriedFeed, asOfMs: number) =>
    runFeedQuery({ clickhouse, keepValid }, feed, asOfMs),
  );
  const builders = new Map<string, Builder>();
  for (const feed of feeds) builders.set(feed.alias, createBuilder({ feed, query, store, live, bus, metrics, log }));
  membership.onChange((label) => {
    for (const feed of feeds)
      if (feed.kind === 'author-label' && feed.label === label) builders.get(feed.alias)?.hurry();
  });
  const cuts = createCuts({
    live,
    visiblePosts: (uris) => visiblePosts(clickhouse, uris),
    metrics,
    onError: warn('live builds could not be checked'),
    ...(cutsIntervalMs !== undefined && { intervalMs: cutsIntervalMs }),
  });
  // Accounts were erased: their posts leave the builds at once.
  bus.listen((news) => {
    if (news.kind === 'erased') cuts.refresh().catch(warn('live builds could not be checked'));
  });
  return { live, builders, cuts, close: thread.close };
}

/** Rankings of a whole day are large: an instance runs one at a time. */
function oneAtATime<Args extends unknown[], T>(run: (...args: Args) => Promise<T>): (...args: Args) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (...args) => {
    const next = last.then(() => run(...args));
    last = next.catch(() => {}); // its caller hears of it
    return next;
  };
}
