import { createRankedSet, type RankedSet } from './ranked-set.ts';

/** The likes of one hour, each pair once: who likes a post, and what an account likes. It never changes. */
export interface Segment {
  readonly likes: number;
  readonly bytes: number;
  readonly posts: RankedSet;
  readonly likers: RankedSet;
  /** Likers of the post of a rank: `likersOfPosts` from `postStarts[rank]` to that of the next, in ascending order. */
  readonly postStarts: Uint32Array;
  readonly likersOfPosts: Uint32Array;
  readonly likerStarts: Uint32Array;
  readonly postsOfLikers: Uint32Array;
}

/** `likers[n]` likes `posts[n]`, by ids below the bounds. */
export function createSegment(
  likers: Uint32Array,
  posts: Uint32Array,
  bounds: { readonly likers: number; readonly posts: number },
): Segment {
  const likerSet = createRankedSet(likers, bounds.likers);
  const postSet = createRankedSet(posts, bounds.posts);
  const byLiker = group(likers, posts, likerSet);
  const likes = uniqueInGroups(byLiker);
  const postsOfLikers = byLiker.members.slice(0, likes);
  const byPost = invert(likerSet, byLiker.starts, postsOfLikers, postSet);
  const words = 2 * likes + byLiker.starts.length + byPost.starts.length;
  return {
    likes,
    bytes: words * 4 + likerSet.bytes + postSet.bytes,
    posts: postSet,
    likers: likerSet,
    postStarts: byPost.starts,
    likersOfPosts: byPost.members,
    likerStarts: byLiker.starts,
    postsOfLikers,
  };
}

interface Groups {
  readonly starts: Uint32Array;
  readonly members: Uint32Array;
}

/** The values by the rank of their keys. */
function group(keys: Uint32Array, values: Uint32Array, set: RankedSet): Groups {
  const ranks = new Uint32Array(keys.length);
  const starts = new Uint32Array(set.size + 1);
  for (let n = 0; n < keys.length; n++) {
    const rank = set.rankOf(keys[n] as number);
    ranks[n] = rank;
    starts[rank + 1] = (starts[rank + 1] as number) + 1;
  }
  for (let rank = 0; rank < set.size; rank++) starts[rank + 1] = (starts[rank + 1] as number) + (starts[rank] as number);
  const next = starts.slice(0, set.size);
  const members = new Uint32Array(keys.length);
  for (let n = 0; n < keys.length; n++) {
    const rank = ranks[n] as number;
    const place = next[rank] as number;
    members[place] = values[n] as number;
    next[rank] = place + 1;
  }
  return { starts, members };
}

/** Sorts each group and leaves one of each value, in place. Gives how many are left. */
function uniqueInGroups({ starts, members }: Groups): number {
  let left = 0;
  for (let rank = 0; rank + 1 < starts.length; rank++) {
    const [from, to] = [starts[rank] as number, starts[rank + 1] as number];
    if (to - from > 1) members.subarray(from, to).sort();
    starts[rank] = left;
    for (let place = from; place < to; place++)
      if (place === from || members[place] !== members[place - 1]) left = keep(members, left, place);
  }
  starts[starts.length - 1] = left;
  return left;
}

function keep(members: Uint32Array, to: number, from: number): number {
  members[to] = members[from] as number;
  return to + 1;
}

/** The keys by the rank of their values: what group() gives of the same pairs the other way round, each group in ascending order. */
function invert(keys: RankedSet, keyStarts: Uint32Array, values: Uint32Array, valueSet: RankedSet): Groups {
  const ranks = values.map((value) => valueSet.rankOf(value));
  const starts = new Uint32Array(valueSet.size + 1);
  for (const rank of ranks) starts[rank + 1] = (starts[rank + 1] as number) + 1;
  for (let rank = 0; rank < valueSet.size; rank++)
    starts[rank + 1] = (starts[rank + 1] as number) + (starts[rank] as number);
  const next = starts.slice(0, valueSet.size);
  const members = new Uint32Array(values.length);
  let key = 0;
  keys.forEach((id) => {
    for (let n = keyStarts[key] as number; n < (keyStarts[key + 1] as number); n++) {
      const rank = ranks[n] as number;
      const place = next[rank] as number;
      members[place] = id;
      next[rank] = place + 1;
    }
    key += 1;
  });
  return { starts, members };
}
