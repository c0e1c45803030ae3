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

/** A post as a query finds it. */
export interface FoundPost {
  /** Hash of the uri, as text. */
  readonly key: string;
  readonly did: string;
  readonly uri: string;
  /** The version of its row, as text. */
  readonly rowVersion: string;
  readonly sortAtMs: number;
}

/** A post that may be among the best. */
export interface Candidate extends FoundPost {
  /** Its score is this or less. */
  readonly atMost: number;
  /** How many rows can count for it. */
  readonly rows: number;
}

/** Accounts by the key of a post; a post without any is not there. */
export type Tallies = Readonly<Record<'likes' | 'reposts' | 'replies', ReadonlyMap<string, number>>>;

/** What makes a score. */
export interface ScoreParts {
  readonly likes: number;
  readonly reposts: number;
  readonly replies: number;
  /** Each times its weight. */
  readonly sum: number;
  readonly ageHours: number;
  readonly score: number;
}

/**
 * Scores posts and puts them in order. Posts with too few likes, and those beyond an author's share, are left out.
 */
export function orderPosts(candidates: readonly FoundPost[], tallies: Tallies, query: RankingQuery): RankedPost[] {
  const byAuthor = new Map<string, number>();
  const ranked: RankedPost[] = [];
  for (const { post, score: parts } of scorePosts(candidates, tallies, query)) {
    if (parts.likes < query.minimumLikes) continue;
    const before = byAuthor.get(post.did) ?? 0;
    byAuthor.set(post.did, before + 1);
    if (query.perAuthor === undefined || before < query.perAuthor)
      ranked.push({ uri: post.uri, likes: parts.likes, score: parts.score });
  }
  return ranked;
}

/**
 * The posts with their scores, best first: the weighted sum, or with gravity (sum - 1) / (age in hours + 2) ^ gravity, the age in
 * fractional hours at `asOfMs`. Ties go to the newer post, then by uri.
 */
export function scorePosts(
  posts: readonly FoundPost[],
  tallies: Tallies,
  query: RankingQuery,
): { post: FoundPost; score: ScoreParts }[] {
  return posts
    .map((post) => ({ post, score: scoreOf(post, tallies, query) }))
    .toSorted((a, b) => b.score.score - a.score.score || newestFirst(a.post, b.post));
}

type TimedPost = Pick<FoundPost, 'uri' | 'sortAtMs'>;

/** The newer first, then by uri. */
export function newestFirst(a: TimedPost, b: TimedPost): number {
  return b.sortAtMs - a.sortAtMs || (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0);
}

/** Whether no other post can be among the first `size`: no post that was left out has more than the last candidate. */
export function isComplete(ranked: readonly RankedPost[], candidates: readonly Candidate[], size: number): boolean {
  const worst = ranked[size - 1]?.score;
  const leftOut = candidates.at(-1)?.atMost;
  // The bound was computed elsewhere: its last digits may differ.
  return worst !== undefined && leftOut !== undefined && worst - leftOut > Math.abs(leftOut) * 1e-9;
}

function scoreOf({ key, sortAtMs }: FoundPost, tallies: Tallies, query: RankingQuery): ScoreParts {
  const { weights, gravity, asOfMs } = query;
  const of = (source: keyof Tallies) => tallies[source].get(key) ?? 0;
  const [likes, reposts, replies] = [of('likes'), of('reposts'), of('replies')];
  const sum = weights.likes * likes + weights.reposts * reposts + weights.replies * replies;
  const ageHours = (asOfMs - sortAtMs) / 3_600_000;
  const score = gravity === undefined ? sum : (sum - 1) / (ageHours + 2) ** gravity;
  return { likes, reposts, replies, sum, ageHours, score };
}
