import { parseAtUri } from '@updraft/atproto';
import {
  authorsLabel,
  createBuildStore,
  type FeedQueryDeps,
  type FeedsFile,
  feedOrVariantByName,
  isPersonal,
  isQueried,
  type QueriedFeed,
  runFeedQuery,
  withVariants,
} from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import { type ClickHouse, type Redis, visiblePosts } from '@updraft/store';
import type { Bus } from '../bus.ts';
import type { Membership } from '../members/membership.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import { createKeeping, type Keeping } from '../moderation/keeping.ts';
import { createReturns } from '../moderation/returns.ts';
import { createStandings } from '../moderation/standings.ts';
import type { FeedRegistry } from '../saved-settings/feed-registry.ts';
import { createValidityThread } from '../validity/validity-thread.ts';
import { createAccountNeeds } from './account-needs.ts';
import { type Builder, createBuilder, type QueryAnswer } from './builder.ts';
import { createCuts } from './cuts.ts';
import { createLiveBuilds, type LiveBuilds } from './live-builds.ts';
import { oneAtATime } from './one-at-a-time.ts';

export interface BuildingOptions {
  /** The registry's. */
  file: FeedsFile;
  registry: Pick<FeedRegistry, 'onChange' | 'isRead'>;
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

/** Everything about the builds that all readers share, of the feeds that have a query; what concerns posts serves personal feeds too. */
export function createBuilding(options: BuildingOptions) {
  const { file, clickhouse, log } = options;
  const all = withVariants(file.feeds.values());
  const feeds = all.filter(isQueried);
  const store = createBuildStore(options);
  const live = createLiveBuilds({ ...options, feeds, store });
  const moderation = {
    feeds,
    live,
    standings: createStandings(clickhouse, [...feeds, ...all.filter(isPersonal)]),
    visiblePosts: (uris: Iterable<string>) => visiblePosts(clickhouse, uris),
  };
  const cuts = createCuts({ ...options, ...moderation });
  const onLost = (err: unknown) => log.warn({ err }, 'the thread that validates records was lost');
  const thread = createValidityThread({ onLost });
  const { standings } = moderation;
  const keeping = createKeeping({ ...options, standings, areValid: thread.areValid });
  const needAccount = createAccountNeeds(options);
  const query = createQuery(options, { keeping, live, needAccount });
  const each = { ...options, isReady: isReadyWith(live, options.registry), query, store, live };
  const builders = new Map<string, Builder>(feeds.map((feed) => [feed.alias, createBuilder({ ...each, feed })]));
  const buildSoon = (alias: string): void => builders.get(alias)?.buildSoon();
  buildOnChange(options, feeds, buildSoon);
  const returns = createReturns({ ...options, ...moderation, leftOut: store.leftOut, buildSoon });
  return {
    live,
    cuts,
    /** By alias. */
    builders,
    run: async (signal: AbortSignal) => {
      await Promise.all([live, cuts, returns, ...builders.values()].map((part) => part.run(signal)));
    },
    areValid: thread.areValid,
    standings,
    keeping,
    needAccount,
    visiblePosts: moderation.visiblePosts,
    close: thread.close,
  };
}

/** All wait for what hosts saved: a build without it would take the place of one with it. A union waits for its parts, too. */
function isReadyWith(live: LiveBuilds, { isRead }: Pick<FeedRegistry, 'isRead'>): (feed: QueriedFeed) => boolean {
  return (feed) => isRead() && (feed.kind !== 'union' || feed.feeds.every((part) => live.unpinned(part) !== undefined));
}

/** A feed is built soon when its authors or its settings change, or when what the index lacked of them is there. */
function buildOnChange(
  { membership, registry, bus }: Pick<BuildingOptions, 'membership' | 'registry' | 'bus'>,
  feeds: readonly QueriedFeed[],
  buildSoon: (alias: string) => void,
): void {
  const onMembers = (label: string): void => {
    for (const feed of feeds) if (authorsLabel(feed) === label) buildSoon(feed.alias);
  };
  membership.onChange(onMembers);
  registry.onChange((changed) => {
    for (const { alias } of withVariants([changed])) buildSoon(alias);
  });
  bus.listen((news) => {
    if (news.kind !== 'filled') return;
    news.labels.forEach(onMembers);
    for (const feed of feeds)
      if (feed.kind === 'list' && parseAtUri(feed.list)?.authority === news.did) buildSoon(feed.alias);
  });
}

interface QueryDeps extends Pick<FeedQueryDeps, 'needAccount'> {
  keeping: Keeping;
  live: LiveBuilds;
}

function createQuery({ clickhouse, file }: BuildingOptions, { keeping, live, needAccount }: QueryDeps) {
  const builtPosts = (alias: string) => live.unpinned(alias)?.posts.map(({ uri }) => uri);
  const deps = { clickhouse, builtPosts, needAccount };
  // Rankings of a whole day are large: an instance runs one at a time.
  return oneAtATime(async (given: QueriedFeed, asOfMs: number): Promise<QueryAnswer> => {
    const feed = asItIs(file, given);
    const { keep, leftOut } = keeping(feed);
    const uris = await runFeedQuery(deps, feed, asOfMs, keep);
    return { uris, leftOut: leftOut() };
  });
}

/** With the settings that hosts have saved by now. */
function asItIs({ feeds }: FeedsFile, given: QueriedFeed): QueriedFeed {
  const feed = feedOrVariantByName(feeds, given.alias);
  return feed !== undefined && isQueried(feed) ? feed : given;
}
