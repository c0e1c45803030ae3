import { type FeedsFile, type PersonalFeed, type RuleResult, withVariants } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import { type ClickHouse, type ClickHouseOptions, visiblePosts } from '@updraft/store';
import type { FeedgenMetrics } from '../metrics.ts';
import type { Keeping } from '../moderation/keeping.ts';
import type { PersonalQuery } from '../personal/personal-query.ts';
import type { Wishes } from '../personal/wishes/wishes.ts';
import { createCheckedPosts } from './checked-posts.ts';
import { type ChooseDeps, choosePosts } from './choose-posts.ts';
import { coLikersRule, explainForYou, type ForYouExplanation } from './explain-for-you.ts';
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
  readonly keeping: Keeping;
  readonly wishes: Wishes;
  /** Likes that the graph holds at most. */
  readonly maxLikes: number;
  readonly metrics: FeedgenMetrics;
  readonly log: Logger;
  /** Tests shorten it. */
  readonly refreshMs?: Refresh;
}

/** Everything about feeds of kind for-you. Without such a feed nothing runs. */
export interface ForYou {
  readonly query: PersonalQuery<'for-you'>;
  /** Why a build of this viewer's made now would have the post or not. @throws GraphNotReadyError */
  explain(feed: ForYouFeed, viewerDid: string, uri: string, asOfMs: number): Promise<ForYouExplanation>;
  /** The same, as a rule of an explanation; none of a feed of another kind. Says so when the graph can't answer. */
  coLikers(feed: PersonalFeed, viewerDid: string, uri: string, asOfMs: number): Promise<RuleResult[]>;
  /** Of the likes in memory; undefined before the first hour is read. */
  graphState(): GraphState | undefined;
  /** Keeps the graph of likes until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** The graph reaches back as far as there is room: a viewer who liked nothing today is known by what they liked before. */
const GRAPH_HOURS = 72;
const EXPLAIN_TIMEOUT_MS = 10_000;

export function createForYou(options: ForYouOptions): ForYou {
  const feeds = withVariants(options.file.feeds.values()).filter((feed) => feed.kind === 'for-you');
  const thread = createThread(options);
  const deps = new Map(feeds.map((feed) => [feed.alias, depsOf(feed, thread, options)]));
  const depsFor = ({ alias }: ForYouFeed): ChooseDeps => {
    const found = deps.get(alias);
    if (found === undefined) throw new Error(`the feed ${alias} is not of this file`);
    return found;
  };
  const explain: ForYou['explain'] = async (feed, viewerDid, uri, asOfMs) =>
    explainForYou(depsFor(feed), feed, { viewerDid, uri }, { asOfMs, signal: AbortSignal.timeout(EXPLAIN_TIMEOUT_MS) });
  return {
    query: async (feed, viewer, call) => choosePosts(depsFor(feed), feed, viewer, call),
    explain,
    coLikers: async (feed, ...question) =>
      feed.kind === 'for-you' ? [await coLikersRule(explain(feed, ...question))] : [],
    graphState: () => thread.state,
    run: (signal) => (feeds.length === 0 ? Promise.resolve() : thread.run(signal)),
  };
}

function createThread({ connection, maxLikes, refreshMs, metrics, log }: ForYouOptions): GraphThread {
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
  metrics.graphReach.set(hours.length * 3_600);
  if (failure !== undefined) metrics.graphFailures.inc();
}

function depsOf(feed: ForYouFeed, thread: GraphThread, options: ForYouOptions): ChooseDeps {
  const { clickhouse, keeping, wishes } = options;
  const visible = (uris: Iterable<string>) => visiblePosts(clickhouse, uris);
  return {
    clickhouse,
    thread,
    seedLikes: createSeedLikes(options),
    check: createCheckedPosts(feed, { visiblePosts: visible, keeping }),
    wishes,
  };
}
