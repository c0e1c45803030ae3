import { authorsLabel, type BuildState, type QueriedFeed } from '@updraft/feeds';
import type { FeedgenContext } from '../http/context.ts';

/** How the build of a feed that is served looks; undefined before the first. */
export function buildState(
  { live, membership }: Pick<FeedgenContext, 'live' | 'membership'>,
  feed: QueriedFeed,
): BuildState | undefined {
  const posts = (alias: string) => live.unpinned(alias)?.posts.length ?? 0;
  const build = live.unpinned(feed.alias);
  if (build === undefined) return undefined;
  return {
    ageMs: Date.now() - build.asOfMs,
    posts: build.posts.length,
    postsBefore: live.mostPosts(feed.alias),
    bearers: membership.count(authorsLabel(feed) ?? ''),
    ofParts: feed.kind === 'union' ? feed.feeds.reduce((sum, part) => sum + posts(part), 0) : undefined,
  };
}
