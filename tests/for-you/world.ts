import { formatTid } from '@updraft/atproto';
import type { Key, PostFact } from '@updraft/recommender';
import { createDice } from '../world/dice.ts';

/** A network of accounts with tastes, and what they liked in a day. */
export interface TasteWorld {
  readonly startMs: number;
  readonly posts: readonly TastePost[];
  /** In the order of time. */
  readonly likes: readonly TasteLike[];
  readonly accounts: number;
}

export interface TastePost {
  readonly n: number;
  readonly author: number;
  readonly atMs: number;
  /** The community that it speaks to; -1: everybody. */
  readonly community: number;
}

export interface TasteLike {
  readonly account: number;
  readonly post: number;
  readonly atMs: number;
}

export interface TasteOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly communities: number;
  readonly posts: number;
  readonly likes: number;
}

const DAY_MS = 86_400_000;
/** Of the likes that go to what the whole network likes, whatever one's taste. */
const SHARE_FOR_ALL = 0.3;
/** Of the posts that speak to everybody. */
const POSTS_FOR_ALL = 0.03;

/**
 * Communities overlap: an account belongs to one to three of them, unequally. Few posts have most of the likes, in each community and over all; few
 * accounts give most of them. One likes what is young.
 */
export function createTasteWorld(options: TasteOptions): TasteWorld {
  const dice = createDice(options.seed);
  const uniform = () => (dice(1_000_003) + 0.5) / 1_000_003;
  const startMs = Date.UTC(2026, 0, 15);
  const tastes = Array.from({ length: options.accounts }, () => tasteOf(options.communities, uniform));
  const posts = createPosts(options, startMs, uniform);
  const byCommunity = Map.groupBy(posts, ({ community }) => community);
  const givers = cumulated(tastes.map(() => uniform() ** -0.7));
  const likes: TasteLike[] = [];
  while (likes.length < options.likes) {
    const account = givers.pick(uniform());
    const community = uniform() < SHARE_FOR_ALL ? -1 : communityFor(tastes[account] as Taste, uniform());
    const atMs = startMs + Math.floor(uniform() * DAY_MS);
    const post = likedPost(byCommunity.get(community) ?? [], atMs, uniform);
    if (post !== undefined) likes.push({ account, post: post.n, atMs });
  }
  return { startMs, posts, likes: likes.toSorted((a, b) => a.atMs - b.atMs), accounts: options.accounts };
}

/** Communities with what each has of the account's likes. */
type Taste = readonly { readonly community: number; readonly share: number }[];

function tasteOf(communities: number, uniform: () => number): Taste {
  const count = 1 + Math.floor(uniform() * 3);
  // squared: some communities are large
  return Array.from({ length: count }, (_, n) => ({
    community: Math.floor(uniform() ** 2 * communities),
    share: 0.6 ** n,
  }));
}

function communityFor(taste: Taste, at: number): number {
  let left = at * taste.reduce((sum, { share }) => sum + share, 0);
  for (const { community, share } of taste) {
    left -= share;
    if (left <= 0) return community;
  }
  return taste[0]?.community ?? 0;
}

interface RatedPost extends TastePost {
  readonly appeal: number;
}

function createPosts({ posts, accounts, communities }: TasteOptions, startMs: number, uniform: () => number): RatedPost[] {
  return Array.from({ length: posts }, (_, n) => ({
    n,
    author: Math.floor(uniform() ** 2 * accounts),
    atMs: startMs + Math.floor((n * DAY_MS) / posts),
    community: uniform() < POSTS_FOR_ALL ? -1 : Math.floor(uniform() ** 2 * communities),
    appeal: uniform() ** -0.8,
  }));
}

const MAX_TRIES = 200;

/** One of the posts by its appeal, which halves in three hours. */
function likedPost(posts: readonly RatedPost[], atMs: number, uniform: () => number): RatedPost | undefined {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const post = posts[Math.floor(uniform() * posts.length)];
    if (post === undefined) return undefined;
    const ageMs = atMs - post.atMs;
    if (ageMs >= 0 && uniform() * 30 < post.appeal * 2 ** (-ageMs / (3 * 3_600_000))) return post;
  }
  return undefined;
}

function cumulated(weights: readonly number[]) {
  const sums: number[] = [];
  let sum = 0;
  for (const weight of weights) sums.push((sum += Math.min(weight, 200)));
  return {
    pick: (at: number): number => {
      let [low, high] = [0, sums.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sums[middle] as number) < at * sum) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}

/** What the graph gets to know of a post. */
export function factOf({ n, author, atMs }: TastePost): PostFact {
  return {
    ...postKey(n),
    authorLo: accountKey(author).lo,
    authorHi: accountKey(author).hi,
    did: `did:plc:${String(author).padStart(24, 'a')}`,
    rkey: formatTid({ micros: atMs * 1_000, clockId: n % 1_024 }),
    sortAtS: Math.floor(atMs / 1_000),
    isReply: false,
    hasMedia: false,
    langs: 'en',
    root: n,
  };
}

// Keys are hashes elsewhere: these are as scattered.
export const postKey = (n: number): Pick<PostFact, 'keyLo' | 'keyHi'> => ({ keyLo: scattered(n, 1), keyHi: scattered(n, 2) });
export const accountKey = (n: number): Key => ({ lo: scattered(n, 3), hi: scattered(n, 4) });

function scattered(n: number, salt: number): number {
  const mixed = Math.imul(n + 1, 0x9e37_79b1) ^ Math.imul(salt, 0x85eb_ca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b_3c6d) >>> 0;
}
