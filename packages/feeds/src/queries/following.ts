import {
  type ClickHouse,
  type FollowedEvent,
  type FollowedPostsQuery,
  followedPosts,
  type KeepPosts,
} from '@updraft/store';
import type { PersonalFeed } from '../feed.ts';

export type FollowingFeed = Extract<PersonalFeed, { kind: 'following' }>;

export interface FollowingOptions {
  readonly asOfMs: number;
  /** Accounts of which the viewer wants less. */
  readonly lowered?: ReadonlySet<string>;
}

/** What a feed of kind `following` asks of the store for one viewer. */
export function followingQuery(
  feed: FollowingFeed,
  viewerDid: string,
  { asOfMs, lowered }: FollowingOptions,
): FollowedPostsQuery {
  const { replies, reposts, mediaOnly, languages, perAuthor, size, window: windowMs } = feed;
  const gravity = feed.order === 'hot' ? feed.gravity : undefined;
  return { viewerDid, replies, reposts, mediaOnly, languages, perAuthor, size, asOfMs, windowMs, gravity, lowered };
}

/** The viewer's posts, best first, as `keep` leaves them. */
export function runFollowing(
  clickhouse: ClickHouse,
  feed: FollowingFeed,
  viewerDid: string,
  options: FollowingOptions,
  keep: KeepPosts,
): Promise<FollowedEvent[]> {
  return followedPosts(clickhouse, followingQuery(feed, viewerDid, options), keep);
}
