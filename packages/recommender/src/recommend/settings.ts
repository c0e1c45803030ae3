/** How much one recommendation looks at. */
export interface Effort {
  /** Newest likes of the viewer that count. */
  readonly seeds: number;
  /** Of one of these posts, a sample of its likers. */
  readonly likersOfSeed: number;
  readonly coLikers: number;
  /** Of each, the newest. */
  readonly likesOfCoLiker: number;
}

export const FULL_EFFORT: Effort = { seeds: 150, likersOfSeed: 200, coLikers: 600, likesOfCoLiker: 100 };

/** A share of the full effort, for when many wait. */
export function effortOf(share: number): Effort {
  const part = (full: number) => Math.max(1, Math.round(full * share));
  const { seeds, likersOfSeed, coLikers, likesOfCoLiker } = FULL_EFFORT;
  const root = Math.sqrt(share); // two factors of each product shrink
  return {
    seeds: Math.max(1, Math.round(seeds * root)),
    likersOfSeed: Math.max(1, Math.round(likersOfSeed * root)),
    coLikers: part(coLikers),
    likesOfCoLiker,
  };
}

/** The powers by which mass is divided out, and how fast things age. `pnpm verify:for-you` measures what they are worth. */
export interface Weights {
  /** A seed counts 1 / (its likes)^seedPower: a post that everybody likes says little about taste. */
  readonly seedPower: number;
  /** A co-liker counts 1 / (their likes)^likerPower: who likes everything agrees with everybody. */
  readonly likerPower: number;
  /** A candidate's sum is divided by (its likes)^postPower: else popular posts win by mass. */
  readonly postPower: number;
  readonly seedHalfLifeHours: number;
  readonly likeHalfLifeHours: number;
  readonly postHalfLifeHours: number;
}

export const WEIGHTS: Weights = {
  seedPower: 0.5,
  likerPower: 0.5,
  postPower: 0.3,
  seedHalfLifeHours: 24,
  likeHalfLifeHours: 6,
  postHalfLifeHours: 8,
};
