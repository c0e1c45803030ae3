import { type FeedsFile, type PersonalFeed, type Standings } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import { type ClickHouse, type ClickHouseOptions, type KeepPosts, visiblePosts } from '@updraft/store';
import type { FeedgenMetrics } from '../metrics.ts';
import type { PersonalQuery } from '../personal/personal-query.ts';
import { createCheckedPosts } from './checked-posts.ts';
import { type ChooseDeps, choosePosts } from './choose-posts.ts';
import { createGraphThread, type GraphThread } from './graph/graph-thread.ts';
import type { Refresh } from './graph/hour-schedule.ts';
import type { GraphState } from './graph/messages.ts';
import { createSeedLikes } from './seed-likes.ts';

export type ForYouFeed = Extract<PersonalFeed, { kind: 'for-you' }>;

export interface ForYouOptions {
  readonly file: FeedsFile;
  readonly clickhouse: ClickHouse;
  /** Of the thread's own client. */
  readonly connection: ClickHouseOptions;
  /** Those of the personal feeds' labels too. */
  readonly standings: Standings;
  readonly keepValid: (alias: string) => KeepPosts;
  /** Reads what a viewer wants more or less of: a factor for each post. */
  readonly readWishes?: ReadWishes;
  /** Likes that the graph holds at most: what FOR_YOU_MAX_LIKES says. */
  readonly maxLikes: number;
  readonly metrics: FeedgenMetrics;
  readonly log: Logger;
  /** Tests shorten it. */
  readonly refreshMs?: Refresh;
}

export type ReadWishes = (
  viewerDid: string,
  posts: readonly WishedPost[],
  signal: AbortSignal,
) => Promise<(post: WishedPost) => number>;

export interface WishedPost {
  readonly uri: string;
  readonly did: string;
}

/** Everything about feeds of kind for-you. Without such a feed nothing runs. */
export interface ForYou {
  readonly query: PersonalQuery<'for-you'>;
  /** Keeps the graph of likes until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** The graph reaches back as far as there is room: a viewer who liked nothing today is known by what they liked before. */
const GRAPH_HOURS = 72;

export function createForYou(options: ForYouOptions): ForYou {
  const feeds = [...options.file.feeds.values()].filter((feed) => feed.kind === 'for-you');
  const thread = startableThread(options);
  const deps = new Map(feeds.map((feed) => [feed.alias, depsOf(feed, thread, options)]));
  return {
    query: async (feed, viewer, call) => {
      const of = deps.get(feed.alias);
      if (of === undefined) throw new Error(`the feed ${feed.alias} is not of this file`);
      return choosePosts(of, feed, viewer, call);
    },
    run: (signal) => (feeds.length === 0 ? Promise.resolve() : thread.run(signal)),
  };
}

function startableThread({ connection, maxLikes, refreshMs, metrics, log }: ForYouOptions): GraphThread {
  const { log: _, ...clickhouse } = connection;
  return createGraphThread({
    data: { clickhouse, hours: GRAPH_HOURS, maxLikes, refreshMs },
    onState: (state) => showState(state, metrics),
    onLost: () => metrics.graphLosses.inc(),
    log,
  });
}

function showState({ likes, bytes, hours, failure }: GraphState, metrics: FeedgenMetrics): void {
  metrics.graphLikes.set(likes);
  metrics.graphBytes.set(bytes);
  metrics.graphHours.set(hours.length);
  if (failure !== undefined) metrics.graphFailures.inc();
}

function depsOf(feed: ForYouFeed, thread: GraphThread, options: ForYouOptions): ChooseDeps {
  const { clickhouse, standings, keepValid, readWishes } = options;
  return {
    clickhouse,
    thread,
    seedLikes: createSeedLikes(options),
    check: createCheckedPosts(feed, {
      visiblePosts: (uris) => visiblePosts(clickhouse, uris),
      standings,
      keepValid: keepValid(feed.alias),
    }),
    readWishes,
  };
}
