import {
  type Feed,
  type FeedQueryDeps,
  isPinnedAt,
  isQueried,
  keepForFeed,
  keepValidPosts,
  labelsOf,
  nameOf,
  type QueriedFeed,
  runFeedQuery,
} from '@updraft/feeds';
import { type ClickHouse, PRIORITIES, readStandings, withCallOptions } from '@updraft/store';
import { feedPost } from '../builds/build.ts';
import type { LiveBuilds } from '../builds/live-builds.ts';
import type { Hides } from '../moderation/hides.ts';

/** The first posts that a feed would have if it were built now. Rejects with a TimeoutError when that takes too long. */
export type Preview = (feed: Feed) => Promise<string[]>;

export interface PreviewOptions {
  clickhouse: ClickHouse;
  live: Pick<LiveBuilds, 'unpinned'>;
  hides: Pick<Hides, 'isHidden'>;
  areValid: (records: readonly string[]) => Promise<boolean[]>;
}

export const PREVIEW_POSTS = 50;
const TIMEOUT_MS = 25_000;
/** As much as a search may take, and searches go first. */
const MAX_MEMORY_BYTES = 2_000_000_000;

/** Runs the query of a feed that is not served. It leaves nothing behind: no build, no metric, no account that is asked for. */
export function createPreview({ clickhouse, live, hides, areValid }: PreviewOptions): Preview {
  return async (feed) => {
    const shown = (uris: readonly string[]) =>
      [...new Set(uris)].filter((uri) => !hides.isHidden(feedPost(uri), nameOf(feed))).slice(0, PREVIEW_POSTS);
    if (!isQueried(feed)) return feed.kind === 'static' ? shown(feed.posts) : [];
    const bounded = withCallOptions(clickhouse, {
      settings: { ...PRIORITIES.background, max_memory_usage: MAX_MEMORY_BYTES },
      timeoutMs: TIMEOUT_MS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const deps: FeedQueryDeps = {
      clickhouse: bounded,
      builtPosts: (alias) => live.unpinned(alias)?.posts.map(({ uri }) => uri),
      needAccount: async () => {},
    };
    const asOfMs = Date.now();
    const uris = await runFeedQuery(deps, feed, asOfMs, keepFor(bounded, feed, areValid));
    return shown([...pinsOf(feed, asOfMs), ...uris]);
  };
}

function keepFor(clickhouse: ClickHouse, feed: QueriedFeed, areValid: PreviewOptions['areValid']) {
  const values = labelsOf([feed]);
  return keepForFeed(
    {
      keepValid: keepValidPosts(clickhouse, areValid),
      standings: (posts) =>
        readStandings(
          clickhouse,
          [...posts].map(({ uri }) => uri),
          { values, nowMs: Date.now() },
        ),
    },
    feed,
  );
}

function pinsOf({ pinned }: QueriedFeed, asOfMs: number): string[] {
  return pinned.filter((pin) => isPinnedAt(pin, asOfMs)).map(({ post }) => post);
}
