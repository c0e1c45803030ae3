import type { Build, FeedPost } from './build.ts';

/** A slice of a build. */
export interface Page {
  readonly posts: readonly FeedPost[];
  /** Where the next page starts; undefined when nothing that shows is left. */
  readonly next: number | undefined;
}

/**
 * The next `limit` posts from `start` on that are not cut. Later posts fill a page up in which some are cut, and only a post that
 * shows makes a next page: reading to the end gives every shown post once, in order.
 */
export function takePage(build: Build, start: number, limit: number, isCut: (post: FeedPost) => boolean): Page {
  const posts: FeedPost[] = [];
  let next = start;
  while (next < build.posts.length) {
    const post = build.posts[next];
    if (post !== undefined && !isCut(post)) {
      if (posts.length === limit) return { posts, next };
      posts.push(post);
    }
    next += 1;
  }
  return { posts, next: undefined };
}

/** The offset after the post `uri`, for a cursor whose own build has gone; undefined when this build does not hold it. */
export function offsetAfter(build: Build, uri: string): number | undefined {
  const index = build.posts.findIndex((post) => post.uri === uri);
  return index < 0 ? undefined : index + 1;
}
