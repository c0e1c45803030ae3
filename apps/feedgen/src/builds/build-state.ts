import { type BuildState, membersLabel, type QueriedFeed } from '@updraft/feeds';
import type { FeedgenContext } from '../http/context.ts';

/** How the build of a feed that is served looks; undefined before the first. */
export function buildState(
  { live, membership }: Pick<FeedgenContext, 'live' | 'membership'>,
  feed: QueriedFeed,
): BuildState | undefined {
  const build = live.current(feed.alias);
  if (build === undefined) return undefined;
  const { length: pins } = feed.pinned;
  return {
    ageMs: Date.now() - build.asOfMs,
    posts: build.posts.length - pins,
    postsBefore: live.mostPosts(feed.alias) - pins,
    bearers: membership.count(membersLabel(feed) ?? ''),
  };
}
