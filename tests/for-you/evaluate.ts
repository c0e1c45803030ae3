import { createLikeGraph, createRecommender, FULL_EFFORT, type LikeGraph, type Weights } from '@updraft/recommender';
import { createDice } from '../world/dice.ts';
import { accountKey, factOf, postKey, type TasteLike, type TasteWorld } from './world.ts';

/** How well one way to choose fifty posts finds what viewers like next. */
export interface Quality {
  /** The share of the viewers who like one of the fifty at least. */
  readonly hitRate: number;
  /** The share of what they like next that is among the fifty. */
  readonly recall: number;
}

export interface Evaluation {
  readonly viewers: number;
  /** Likes that were held back. */
  readonly heldOut: number;
  readonly forYou: Quality;
  readonly popularity: Quality;
  readonly random: Quality;
}

const TOP = 50;
const HOUR_MS = 3_600_000;
/** The graph knows what was liked before the cut; what viewers like after it of posts that were there is to be found. */
const CUT = 0.8;

/** Holds back what viewers like after a moment, and compares who finds most of it: for-you, the most liked posts of the hours before, or chance. */
export function evaluateForYou(world: TasteWorld, weights?: Weights): Evaluation {
  const cutMs = world.startMs + CUT * 24 * HOUR_MS;
  const before = world.likes.filter(({ atMs }) => atMs < cutMs);
  const known = Map.groupBy(before, ({ account }) => account);
  const heldOut = heldOutLikes(world, cutMs, known);
  const graph = graphOf(world, before);
  const recommender = createRecommender(graph, weights);
  const popular = mostLiked(world, before, cutMs);
  const dice = createDice(1);
  const there = world.posts.filter(({ atMs }) => atMs < cutMs).map(({ n }) => n);
  const uris = new Map(world.posts.map((post) => [`${factOf(post).did}/${factOf(post).rkey}`, post.n]));
  const found = { forYou: tally(), popularity: tally(), random: tally() };
  for (const [account, wanted] of heldOut) {
    const likes = (known.get(account) ?? []).toReversed();
    const own = new Set(likes.map(({ post }) => post));
    const candidates = recommender.recommend({
      viewer: accountKey(account),
      likes: likes.slice(0, 500).map(({ post, atMs }) => ({ ...keyOfPost(post), atMs })),
      asOfMs: cutMs,
      windowMs: 24 * HOUR_MS,
      replies: false,
      mediaOnly: false,
      languages: [],
      limit: TOP,
      effort: FULL_EFFORT,
    });
    const given = candidates.map(({ uri, did }) => uris.get(`${did}/${uri.split('/')[4]}`) ?? -1);
    found.forYou.add(given, wanted);
    found.popularity.add(popular.filter((post) => !own.has(post)).slice(0, TOP), wanted);
    found.random.add(Array.from({ length: TOP }, () => there[dice(there.length)] ?? -1), wanted);
  }
  const total = [...heldOut.values()].reduce((sum, posts) => sum + posts.size, 0);
  const quality = ({ hits, finds }: Tally): Quality => ({ hitRate: round(hits / heldOut.size), recall: round(finds / total) });
  return {
    viewers: heldOut.size,
    heldOut: total,
    forYou: quality(found.forYou),
    popularity: quality(found.popularity),
    random: quality(found.random),
  };
}

const keyOfPost = (post: number) => ({ lo: postKey(post).keyLo, hi: postKey(post).keyHi });
const round = (share: number) => Math.round(share * 10_000) / 10_000;
const MIN_KNOWN = 5;

/** Of viewers of whom enough is known: what each likes later of posts that are there already. */
function heldOutLikes(world: TasteWorld, cutMs: number, known: ReadonlyMap<number, readonly TasteLike[]>) {
  const heldOut = new Map<number, Set<number>>();
  for (const { account, post, atMs } of world.likes) {
    const mine = known.get(account) ?? [];
    if (atMs < cutMs || mine.length < MIN_KNOWN || (world.posts[post]?.atMs ?? cutMs) >= cutMs) continue;
    if (mine.some((like) => like.post === post)) continue;
    const posts = heldOut.get(account) ?? new Set();
    heldOut.set(account, posts.add(post));
  }
  return heldOut;
}

export function graphOf(world: TasteWorld, likes: readonly TasteLike[]): LikeGraph {
  const graph = createLikeGraph();
  for (const [hour, some] of Map.groupBy(likes, ({ atMs }) => Math.floor(atMs / HOUR_MS))) {
    const reading = graph.beginHour(hour);
    for (const { account, post } of some) {
      const { lo, hi } = accountKey(account);
      reading.add(lo, hi, postKey(post).keyLo, postKey(post).keyHi);
    }
    reading.commit();
  }
  for (const post of world.posts) graph.learn(factOf(post));
  return graph;
}

/** The strongest of several: counted over the last 1, 3, 6 or 24 hours, whichever finds most is not known beforehand, so hours are as for-you's half-life. */
function mostLiked(world: TasteWorld, before: readonly TasteLike[], cutMs: number): number[] {
  const counts = new Float64Array(world.posts.length);
  for (const { post, atMs } of before) counts[post] = (counts[post] ?? 0) + 2 ** ((atMs - cutMs) / (3 * HOUR_MS));
  return world.posts.map(({ n }) => n).toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0)).slice(0, 2_000);
}

interface Tally {
  hits: number;
  finds: number;
  add(given: readonly number[], wanted: ReadonlySet<number>): void;
}

function tally(): Tally {
  const counts: Tally = {
    hits: 0,
    finds: 0,
    add: (given, wanted) => {
      const finds = new Set(given.filter((post) => wanted.has(post))).size;
      counts.finds += finds;
      counts.hits += Number(finds > 0);
    },
  };
  return counts;
}
