import type { FeedFilter } from '../fragments.ts';

export interface RankingQuery extends FeedFilter {
  /** The moment of the ranking, in ms since 1970: nothing later counts. */
  readonly asOfMs: number;
  readonly windowMs: number;
  readonly minimumAgeMs: number;
  /** At least 1. */
  readonly minimumLikes: number;
  /** Exponent of the age; undefined ranks by weight alone. */
  readonly gravity: number | undefined;
  /** What an account that likes, reposts or replies adds. */
  readonly weights: { readonly likes: number; readonly reposts: number; readonly replies: number };
  /** The most posts of one author. */
  readonly perAuthor?: number | undefined;
  readonly size: number;
}

export interface RankedPost {
  readonly uri: string;
  readonly likes: number;
  readonly score: number;
}

/** A post that may be among the best. */
export interface Candidate {
  /** Hash of the uri, as text. */
  readonly key: string;
  readonly did: string;
  readonly uri: string;
  /** The version of its row, as text. */
  readonly rowVersion: string;
  readonly sortAtMs: number;
  /** Its score is this or less. */
  readonly atMost: number;
}

/** Accounts by the key of a post; a post without any is not there. */
export type Tallies = Readonly<Record<'likes' | 'reposts' | 'replies', ReadonlyMap<string, number>>>;

/**
 * Scores posts and puts them in order: the weighted sum, or with gravity (sum - 1) / (age in hours + 2) ^ gravity, the age in
 * fractional hours at `asOfMs`. Ties go to the newer post, then by uri. Posts with too few likes, and those beyond an author's
 * share, are left out.
 */
export function orderPosts(candidates: readonly Candidate[], tallies: Tallies, query: RankingQuery): RankedPost[] {
  const scored = candidates
    .map((candidate) => ({
      candidate,
      likes: tallies.likes.get(candidate.key) ?? 0,
      score: scoreOf(candidate, tallies, query),
    }))
    .filter(({ likes }) => likes >= query.minimumLikes)
    .toSorted(
      (a, b) =>
        b.score - a.score ||
        b.candidate.sortAtMs - a.candidate.sortAtMs ||
        (a.candidate.uri < b.candidate.uri ? -1 : 1),
    );
  const byAuthor = new Map<string, number>();
  const ranked: RankedPost[] = [];
  for (const { candidate, likes, score } of scored) {
    const before = byAuthor.get(candidate.did) ?? 0;
    byAuthor.set(candidate.did, before + 1);
    if (query.perAuthor === undefined || before < query.perAuthor) ranked.push({ uri: candidate.uri, likes, score });
  }
  return ranked;
}

/** Whether no other post can be among the first `size`: no post that was left out has more than the last candidate. */
export function isComplete(ranked: readonly RankedPost[], candidates: readonly Candidate[], size: number): boolean {
  const worst = ranked[size - 1]?.score;
  const leftOut = candidates.at(-1)?.atMost;
  // The bound was computed elsewhere: its last digits may differ.
  return worst !== undefined && leftOut !== undefined && worst - leftOut > Math.abs(leftOut) * 1e-9;
}

function scoreOf({ key, sortAtMs }: Candidate, tallies: Tallies, { weights, gravity, asOfMs }: RankingQuery): number {
  const weighted = (source: keyof Tallies) => weights[source] * (tallies[source].get(key) ?? 0);
  const sum = weighted('likes') + weighted('reposts') + weighted('replies');
  if (gravity === undefined) return sum;
  return (sum - 1) / ((asOfMs - sortAtMs) / 3_600_000 + 2) ** gravity;
}
