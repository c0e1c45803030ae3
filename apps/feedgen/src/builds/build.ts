import type { StoredBuild } from '@updraft/feeds';

/** A post as a page gives it. All builds of its feed share one object. */
export interface FeedPost {
  readonly uri: string;
  readonly did: string;
  /** The item of the skeleton, as JSON. */
  readonly json: string;
  /** The operator chose it: it need not be among our records. */
  readonly isPinned: boolean;
}

/** The answer of a feed's query, which never changes. */
export interface Build {
  /** Names the build in cursors and in Redis. Every build of a feed has its own. */
  readonly id: string;
  /** The moment that the query saw, in ms since 1970. */
  readonly asOfMs: number;
  readonly posts: readonly FeedPost[];
  /** Whether this reader's view of it is without a post: the others keep their places, so that a cursor means the same whatever is left out. */
  readonly leavesOut?: (post: FeedPost) => boolean;
}

/** Makes the post of an at-uri. `isPinned` adds the reason that makes the app show a pin. */
export function feedPost(uri: string, isPinned = false): FeedPost {
  return postBecause(uri, isPinned ? { $type: 'app.bsky.feed.defs#skeletonReasonPin' } : undefined, isPinned);
}

/** A post that came by a repost: the app shows by whom. */
export function repostedPost(uri: string, repostUri: string): FeedPost {
  return postBecause(uri, { $type: 'app.bsky.feed.defs#skeletonReasonRepost', repost: repostUri }, false);
}

function postBecause(uri: string, reason: object | undefined, isPinned: boolean): FeedPost {
  const did = uri.slice('at://'.length, uri.indexOf('/', 'at://'.length));
  return { uri, did, json: JSON.stringify({ post: uri, reason }), isPinned };
}

/**
 * Thaws stored builds of one feed. A build shares posts with the one before it, so half an hour of builds takes little more memory than
 * one.
 */
export function createBuildThawer(): (stored: StoredBuild) => Build {
  let known = new Map<string, FeedPost>();
  let knownAsOfMs = Number.NEGATIVE_INFINITY;
  return ({ id, asOfMs, uris }) => {
    const posts = uris.map((uri) => known.get(uri) ?? feedPost(uri));
    if (asOfMs > knownAsOfMs) {
      known = new Map(posts.map((post) => [post.uri, post]));
      knownAsOfMs = asOfMs;
    }
    return { id, asOfMs, posts };
  };
}

/** The build with pinned posts, which come first, and only there. */
export function pinnedBuild({ id, asOfMs, posts }: Build, pins: readonly FeedPost[]): Build {
  const pinned = new Set(pins.map(({ uri }) => uri));
  return { id, asOfMs, posts: [...pins, ...posts.filter(({ uri }) => !pinned.has(uri))] };
}
