/** What an order looks at. */
export interface Arrangeable {
  readonly did: string;
  readonly score: number;
  readonly seed: number;
  readonly root: number;
}

export interface ArrangeOptions {
  readonly size: number;
  readonly perAuthor: number;
}

/** Each further post of an author, or by the same like of the viewer, counts this much less. */
const AUTHOR_DECAY = 0.7;
const SEED_DECAY = 0.95;
/** How many of the best left are compared at each place. */
const LOOK_AHEAD = 40;

/**
 * Puts candidates, best first, into an order with variety: an author has a share, and comes again later than the scores alone say; so does what
 * the same like of the viewer led to. No two of a thread or of an author follow each other while there is another.
 */
export function arrange<T extends Arrangeable>(candidates: readonly T[], { size, perAuthor }: ArrangeOptions): T[] {
  const left = candidates.toSorted((a, b) => b.score - a.score);
  const arranged: T[] = [];
  const byAuthor = new Map<string, number>();
  const bySeed = new Map<number, number>();
  const worth = (one: T): number =>
    one.score * AUTHOR_DECAY ** (byAuthor.get(one.did) ?? 0) * SEED_DECAY ** (bySeed.get(one.seed) ?? 0);
  while (arranged.length < size && left.length > 0) {
    const next = bestPlace(left, arranged.at(-1), worth);
    const [taken] = left.splice(next, 1) as [T];
    const count = byAuthor.get(taken.did) ?? 0;
    if (count >= perAuthor) continue;
    arranged.push(taken);
    byAuthor.set(taken.did, count + 1);
    bySeed.set(taken.seed, (bySeed.get(taken.seed) ?? 0) + 1);
  }
  return arranged;
}

/** The place of the best of the next ones: one that may follow the last, if there is any. */
function bestPlace<T extends Arrangeable>(left: readonly T[], last: T | undefined, worth: (one: T) => number): number {
  let best = 0;
  let bestWorth = Number.NEGATIVE_INFINITY;
  for (const [place, one] of left.slice(0, LOOK_AHEAD).entries()) {
    const isAlike = last !== undefined && (one.root === last.root || one.did === last.did);
    const its = isAlike ? -1 / (1 + worth(one)) : worth(one);
    if (its > bestWorth) [best, bestWorth] = [place, its];
  }
  return best;
}
