import { leftOutBy, type QueriedFeed, type Standings } from '@updraft/feeds';
import { every, type Logger } from '@updraft/service';
import type { LiveBuilds } from '../builds/live-builds.ts';

export interface ReturnsOptions {
  feeds: readonly QueriedFeed[];
  live: Pick<LiveBuilds, 'current'>;
  /** What moderation left out of a feed's current build. */
  leftOut: (alias: string) => Promise<readonly string[]>;
  /** Those of the posts that show now, with the versions of their rows. */
  visiblePosts: (uris: Iterable<string>) => Promise<ReadonlyMap<string, string>>;
  standings: Standings;
  buildSoon: (alias: string) => void;
  log: Logger;
  /** Tests shorten it. */
  cutsIntervalMs?: number;
}

/**
 * Builds a feed anew, whatever its refresh, when a post that moderation left out of its build may come back: a label was taken back or has
 * expired, a host shows the post again, an account may be recommended again. What was left out is looked up again every few seconds, so
 * it needs no news. A feed isn't built more often than every second time for it.
 */
export function createReturns(options: ReturnsOptions): { run(signal: AbortSignal): Promise<void> } {
  const { feeds, live, leftOut, visiblePosts, standings, buildSoon, log, cutsIntervalMs = 8_000 } = options;

  async function check(feed: QueriedFeed): Promise<void> {
    const build = live.current(feed.alias);
    if (build === undefined || Date.now() - build.asOfMs < 1.5 * cutsIntervalMs) return;
    const posts = await visiblePosts(await leftOut(feed.alias));
    if (posts.size === 0) return;
    const standing = await standings([...posts].map(([uri, rowVersion]) => ({ uri, rowVersion })));
    if ([...standing.values()].some((of) => leftOutBy(feed, of) === undefined)) buildSoon(feed.alias);
  }

  const onError = (err: unknown) =>
    log.warn({ err }, 'whether posts may come back to their feeds could not be checked');
  return {
    run: (signal) =>
      every(
        cutsIntervalMs,
        signal,
        async () => {
          for (const feed of feeds) await check(feed);
        },
        onError,
      ),
  };
}
