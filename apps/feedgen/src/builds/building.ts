import { parseAtUri } from '@updraft/atproto';
import { authorsLabel, type FeedsFile, type QueriedFeed } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import { type ClickHouse, postRecords, type Redis, visiblePosts } from '@updraft/store';
import type { Bus } from '../bus.ts';
import type { Membership } from '../members/membership.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import { createValidPosts } from '../validity/valid-posts.ts';
import { createValidityThread } from '../validity/validity-thread.ts';
import { createAccountNeeds } from './account-needs.ts';
import { createBuildStore } from './build-store.ts';
import { type Builder, createBuilder } from './builder.ts';
import { createCuts } from './cuts.ts';
import { type FeedQueryDeps, runFeedQuery } from './feed-queries.ts';
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
  const feeds = [...file.feeds.values()].filter((feed): feed is QueriedFeed => feed.kind !== 'static');
  const store = createBuildStore(options);
  const live = createLiveBuilds({ ...options, feeds, store });
  const cuts = createCuts({ ...options, live, visiblePosts: (uris) => visiblePosts(clickhouse, uris) });
  const thread = createValidityThread({
    onLost: (err) => log.warn({ err }, 'the thread that validates records was lost'),
  });
  const needAccount = createAccountNeeds(options);
  const query = createQuery(options, { areValid: thread.areValid, builtPosts: live.builtPosts, needAccount });
  const isReady = (feed: QueriedFeed) =>
    feed.kind !== 'union' || feed.feeds.every((part) => live.builtPosts(part) !== undefined);
  const builders = new Map<string, Builder>();
  for (const feed of feeds) builders.set(feed.alias, createBuilder({ ...options, feed, isReady, query, store, live }));
  const buildSoon = (label: string): void => {
    for (const feed of feeds) if (authorsLabel(feed) === label) builders.get(feed.alias)?.buildSoon();
  };
  membership.onChange(buildSoon);
  bus.listen((news) => {
    if (news.kind !== 'filled') return;
    news.labels.forEach(buildSoon);
    for (const feed of feeds)
      if (feed.kind === 'list' && parseAtUri(feed.list)?.authority === news.did) builders.get(feed.alias)?.buildSoon();
  });
  return {
    live,
    cuts,
    /** By alias. */
    builders,
    run: async (signal: AbortSignal) => {
      await Promise.all([live, cuts, ...builders.values()].map((part) => part.run(signal)));
    },
    close: thread.close,
  };
}

interface QueryDeps extends Pick<FeedQueryDeps, 'builtPosts' | 'needAccount'> {
  areValid: (records: readonly string[]) => Promise<boolean[]>;
}

function createQuery({ clickhouse, metrics, log }: BuildingOptions, { areValid, ...deps }: QueryDeps) {
  const keepValid = createValidPosts({
    readRecords: (uris) => postRecords(clickhouse, uris),
    areValid,
    metrics,
    onError: (err) => log.warn({ err }, 'records could not be validated: they stay in their feeds'),
  });
  // Rankings of a whole day are large: an instance runs one at a time.
  const queryDeps = { ...deps, clickhouse, keepValid };
  return oneAtATime((feed: QueriedFeed, asOfMs: number) => runFeedQuery(queryDeps, feed, asOfMs));
}
