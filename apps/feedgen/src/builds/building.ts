import { createBuildStore, type FeedsFile, isQueried, type QueriedFeed, runFeedQuery } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import { type ClickHouse, postRecords, type Redis, visiblePosts } from '@updraft/store';
import type { Bus } from '../bus.ts';
import type { Membership } from '../members/membership.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import { createValidPosts } from '../validity/valid-posts.ts';
import { createValidityThread } from '../validity/validity-thread.ts';
import { type Builder, createBuilder } from './builder.ts';
import { createCuts } from './cuts.ts';
import { createLiveBuilds } from './live-builds.ts';
import { oneAtATime } from './one-at-a-time.ts';

export interface BuildingOptions {
  file: FeedsFile;
  clickhouse: ClickHouse;
  redis: Redis;
  /** Of the keys in Redis. */
  prefix: string;
  bus: Bus;
  membership: Membership;
  metrics: FeedgenMetrics;
  log: Logger;
  cutsIntervalMs?: number;
}

/** Everything about the builds of the feeds that have a query. */
export function createBuilding(options: BuildingOptions) {
  const { file, clickhouse, membership, bus, log } = options;
  const feeds = [...file.feeds.values()].filter(isQueried);
  const store = createBuildStore(options);
  const live = createLiveBuilds({ ...options, feeds, store });
  const cuts = createCuts({ ...options, live, visiblePosts: (uris) => visiblePosts(clickhouse, uris) });
  const thread = createValidityThread({
    onLost: (err) => log.warn({ err }, 'the thread that validates records was lost'),
  });
  const query = createQuery(options, thread.areValid);
  const builders = new Map<string, Builder>();
  for (const feed of feeds) builders.set(feed.alias, createBuilder({ ...options, feed, query, store, live }));
  const buildSoon = (label: string): void => {
    for (const feed of feeds)
      if (feed.kind === 'author-label' && feed.label === label) builders.get(feed.alias)?.buildSoon();
  };
  membership.onChange(buildSoon);
  bus.listen((news) => {
    if (news.kind === 'filled') news.labels.forEach(buildSoon);
  });
  return {
    live,
    cuts,
    /** By alias. */
    builders,
    run: async (signal: AbortSignal) => {
      await Promise.all([live, cuts, ...builders.values()].map((part) => part.run(signal)));
    },
    areValid: thread.areValid,
    close: thread.close,
  };
}

type AreValid = (records: readonly string[]) => Promise<boolean[]>;

function createQuery({ clickhouse, metrics, log }: BuildingOptions, areValid: AreValid) {
  const keepValid = createValidPosts({
    readRecords: (uris) => postRecords(clickhouse, uris),
    areValid,
    metrics,
    onError: (err) => log.warn({ err }, 'records could not be validated: they stay in their feeds'),
  });
  const keepFor = ({ alias, validOnly }: QueriedFeed) => (validOnly ? keepValid(alias) : undefined);
  // Rankings of a whole day are large: an instance runs one at a time.
  return oneAtATime((feed: QueriedFeed, asOfMs: number) => runFeedQuery(clickhouse, feed, asOfMs, keepFor(feed)));
}
