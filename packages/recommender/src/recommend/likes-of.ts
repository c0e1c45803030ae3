import type { HourOfLikes } from '../graph/like-graph.ts';

/** What an account likes, the newest hour first, until `visit` says that it is enough. */
export function forEachLikeOf(
  hours: readonly HourOfLikes[],
  account: number,
  visit: (post: number, hour: number) => boolean,
): void {
  for (const { hour, segment } of hours) {
    const rank = segment.likers.rankOf(account);
    if (rank < 0) continue;
    const to = segment.likerStarts[rank + 1] as number;
    for (let n = segment.likerStarts[rank] as number; n < to; n++)
      if (!visit(segment.postsOfLikers[n] as number, hour)) return;
  }
}

/** Who likes a post: every `step`th of them. */
export function forEachLikerOf(
  hours: readonly HourOfLikes[],
  post: number,
  step: number,
  visit: (account: number) => void,
): void {
  let skip = 0;
  for (const { segment } of hours) {
    const rank = segment.posts.rankOf(post);
    if (rank < 0) continue;
    const to = segment.postStarts[rank + 1] as number;
    let n = (segment.postStarts[rank] as number) + skip;
    for (; n < to; n += step) visit(segment.likersOfPosts[n] as number);
    skip = n - to;
  }
}
