import type { LikeGraph } from '../graph/like-graph.ts';
import { createBestOf } from './best-of.ts';
import { type CoLiker, findCoLikers } from './co-likers.ts';
import { forEachLikeOf } from './likes-of.ts';
import type { Candidate, Request } from './request.ts';
import { limitsOf, ruleAgainst } from './rules.ts';
import { createScratch, LIKED, type Scratch } from './scratch.ts';
import { chooseSeeds, HOUR_MS, type Seed } from './seeds.ts';
import { WEIGHTS, type Weights } from './settings.ts';

/** Who likes what a viewer likes, and what else they like. */
export interface Recommender {
  /** Best first. None: the viewer likes nothing that others like, or nothing of theirs passes. */
  recommend(request: Request): Candidate[];
}

export function createRecommender(graph: LikeGraph, weights: Weights = WEIGHTS): Recommender {
  const withScratch = createScratch();
  return {
    recommend: (request) =>
      withScratch({ accounts: graph.accounts.bound, posts: graph.posts.bound }, (scratch) => {
        const seeds = chooseSeeds(graph, request, weights);
        const coLikers = gather(graph, seeds, request, { weights, scratch });
        return choose(graph, request, coLikers.length === 0 ? [] : scratch.touchedPosts, { weights, scratch });
      }),
  };
}

export interface Means {
  readonly weights: Weights;
  readonly scratch: Scratch;
}

/** Sums up in the scratch what the co-likers like. Gives them, the closest first. */
export function gather(graph: LikeGraph, seeds: readonly Seed[], request: Request, means: Means): CoLiker[] {
  const { scratch } = means;
  const viewer = graph.accounts.find(request.viewer.lo, request.viewer.hi);
  markLiked(graph, request, viewer, scratch);
  const coLikers = findCoLikers(graph, seeds, viewer, { ...means, effort: request.effort });
  const decays = new Map(graph.hours.map(({ hour }) => [hour, decayOf(hour, request.asOfMs, means.weights)]));
  for (const [index, { id, score }] of coLikers.entries()) {
    const seed = scratch.accountSeeds[id] as number;
    let left = request.effort.likesOfCoLiker;
    forEachLikeOf(graph.hours, id, (post, hour) => {
      addLike(scratch, post, { visitor: index + 1, seed, weight: score * (decays.get(hour) ?? 0) });
      left -= 1;
      return left > 0;
    });
  }
  return coLikers;
}

/** The viewer's likes, so that none of them becomes a candidate. */
function markLiked(graph: LikeGraph, request: Request, viewer: number, scratch: Scratch): void {
  const mark = (post: number): void => {
    if (scratch.postSums[post] === LIKED) return;
    scratch.postSums[post] = LIKED;
    scratch.touchedPosts.push(post);
  };
  for (const { lo, hi } of request.likes ?? []) {
    const post = graph.posts.find(lo, hi);
    if (post >= 0) mark(post);
  }
  if (viewer >= 0)
    forEachLikeOf(graph.hours, viewer, (post) => {
      mark(post);
      return true;
    });
}

/** Half as much each half-life. Of an hour that is not over its beginning counts. */
function decayOf(hour: number, asOfMs: number, { likeHalfLifeHours }: Weights): number {
  return 2 ** (-Math.max(0, asOfMs / HOUR_MS - hour) / likeHalfLifeHours);
}

function addLike(
  { postSums, postCounts, postSeeds, postVisitors, touchedPosts }: Scratch,
  post: number,
  { visitor, seed, weight }: { visitor: number; seed: number; weight: number },
): void {
  const sum = postSums[post] as number;
  if (sum === LIKED || postVisitors[post] === visitor) return;
  if (sum === 0) {
    touchedPosts.push(post);
    postSeeds[post] = seed;
  }
  postVisitors[post] = visitor;
  postSums[post] = sum + weight;
  postCounts[post] = (postCounts[post] as number) + 1;
}

/** A candidate's score out of its sum: its own popularity and age are divided out. */
export function scoreOf(graph: LikeGraph, post: number, sum: number, asOfMs: number, weights: Weights): number {
  const ageHours = Math.max(0, asOfMs / 1_000 - graph.facts.sortAtS(post)) / 3_600;
  return (sum / graph.posts.likesOf(post) ** weights.postPower) * 2 ** (-ageHours / weights.postHalfLifeHours);
}

function choose(
  graph: LikeGraph,
  request: Request,
  posts: readonly number[],
  { weights, scratch }: Means,
): Candidate[] {
  const limits = limitsOf(graph, request);
  const best = createBestOf(request.limit);
  for (const post of posts) {
    const sum = scratch.postSums[post] as number;
    if (sum === LIKED) continue;
    const score = scoreOf(graph, post, sum, request.asOfMs, weights);
    if (best.wants(score) && ruleAgainst(graph, post, request, limits) === undefined) best.offer(post, score);
  }
  return best.take().map(({ id, score }) => ({
    uri: graph.facts.uri(id),
    did: graph.facts.did(id),
    score,
    coLikers: scratch.postCounts[id] as number,
    seed: scratch.postSeeds[id] as number,
    root: graph.facts.root(id),
  }));
}
