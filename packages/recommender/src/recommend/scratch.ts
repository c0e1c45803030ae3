import { withPlaceFor } from '../graph/growing.ts';

/** Sums by id, which are all 0 again after each use. */
export interface Scratch {
  readonly accountSums: Float32Array;
  /** By account: its best seed, where it has a sum. */
  readonly accountSeeds: Uint16Array;
  /** LIKED where the viewer likes the post. */
  readonly postSums: Float32Array;
  /** By post: co-likers, and the seed of the first. */
  readonly postCounts: Uint16Array;
  readonly postSeeds: Uint16Array;
  readonly touchedAccounts: number[];
  readonly touchedPosts: number[];
  /** By post: the last co-liker who counted, from 1: an account counts once, in however many hours it likes the post. */
  readonly postVisitors: Uint16Array;
}

export const LIKED = -1;

/** Gives `use` the arrays, and clears afterwards what was touched. */
export function createScratch(): <T>(bounds: { accounts: number; posts: number }, use: (scratch: Scratch) => T) => T {
  let arrays = {
    accountSums: new Float32Array(0),
    accountSeeds: new Uint16Array(0),
    postSums: new Float32Array(0),
    postCounts: new Uint16Array(0),
    postSeeds: new Uint16Array(0),
    postVisitors: new Uint16Array(0),
  };
  return (bounds, use) => {
    arrays = {
      accountSums: withPlaceFor(arrays.accountSums, bounds.accounts),
      accountSeeds: withPlaceFor(arrays.accountSeeds, bounds.accounts),
      postSums: withPlaceFor(arrays.postSums, bounds.posts),
      postCounts: withPlaceFor(arrays.postCounts, bounds.posts),
      postSeeds: withPlaceFor(arrays.postSeeds, bounds.posts),
      postVisitors: withPlaceFor(arrays.postVisitors, bounds.posts),
    };
    const scratch: Scratch = { ...arrays, touchedAccounts: [], touchedPosts: [] };
    try {
      return use(scratch);
    } finally {
      clear(scratch);
    }
  };
}

function clear(scratch: Scratch): void {
  for (const id of scratch.touchedAccounts) scratch.accountSums[id] = 0;
  for (const id of scratch.touchedPosts) {
    scratch.postSums[id] = 0;
    scratch.postCounts[id] = 0;
    scratch.postVisitors[id] = 0;
  }
}
