import type { LikeGraph } from '../graph/like-graph.ts';
import type { CoLiker } from './co-likers.ts';
import { forEachLikeOf } from './likes-of.ts';
import type { Key, Request } from './request.ts';
import { type GraphRule, limitsOf, ruleAgainst } from './rules.ts';
import { LIKED, type Scratch } from './scratch.ts';
import type { Seed } from './seeds.ts';
import type { Weights } from './settings.ts';

/** Why a post is among a viewer's candidates, or why not. */
export interface Reasons {
  /** What leaves it out; absent: nothing does. `co-likers`: none of those who count likes it. */
  readonly rule?: GraphRule | 'liked' | 'co-likers';
  /** The viewer's likes that count, and the accounts that were found by them. */
  readonly seeds: number;
  readonly accounts: number;
  /** Of these accounts, those that like the post. */
  readonly coLikers: number;
  /** The viewer's likes by which these were found, with how many of them like each, most first. */
  readonly ledBy: readonly (Key & { readonly coLikers: number })[];
  /** Present where co-likers like it: `score` is sum / popularity × recency. */
  readonly parts?: ScoreParts;
}

export interface ScoreParts {
  /** Of its co-likers' closeness, by the ages of their likes. */
  readonly sum: number;
  /** (its likes) ^ postPower. */
  readonly popularity: number;
  /** 1 for a new post, a half after postHalfLifeHours. */
  readonly recency: number;
  readonly score: number;
  readonly likes: number;
}

interface Found {
  readonly seeds: readonly Seed[];
  readonly accounts: readonly CoLiker[];
  /** Those that like the post. */
  readonly coLikers: readonly CoLiker[];
}

/** Reads the reasons out of what a recommendation left in the scratch. */
export function reasonsOf(
  graph: LikeGraph,
  post: number,
  request: Request,
  found: Found,
  { weights, scratch }: { weights: Weights; scratch: Scratch },
): Reasons {
  const { seeds, accounts, coLikers } = found;
  const counts = { seeds: seeds.length, accounts: accounts.length, coLikers: coLikers.length };
  const sum = post < 0 ? 0 : (scratch.postSums[post] as number);
  const rule = ruleOf(graph, post, request, sum);
  return {
    ...counts,
    ...(rule !== undefined && { rule }),
    ledBy: ledBy(graph, seeds, coLikers),
    ...(sum > 0 && { parts: partsOf(graph, post, sum, request.asOfMs, weights) }),
  };
}

function ruleOf(graph: LikeGraph, post: number, request: Request, sum: number): Reasons['rule'] {
  if (post < 0) return 'known';
  if (sum === LIKED) return 'liked';
  return ruleAgainst(graph, post, request, limitsOf(graph, request)) ?? (sum === 0 ? 'co-likers' : undefined);
}

/** A candidate's score out of its sum: its own popularity and age are divided out. */
export function partsOf(graph: LikeGraph, post: number, sum: number, asOfMs: number, weights: Weights): ScoreParts {
  const likes = graph.posts.likesOf(post);
  const ageHours = Math.max(0, asOfMs / 1_000 - graph.facts.sortAtS(post)) / 3_600;
  const popularity = likes ** weights.postPower;
  const recency = 2 ** (-ageHours / weights.postHalfLifeHours);
  return { sum, popularity, recency, score: (sum / popularity) * recency, likes };
}

function ledBy(graph: LikeGraph, seeds: readonly Seed[], coLikers: readonly CoLiker[]): Reasons['ledBy'] {
  const counts = new Map(seeds.map(({ id }) => [id, 0]));
  for (const { id } of coLikers) {
    const likes = new Set<number>(); // one like of several hours counts once
    forEachLikeOf(graph.hours, id, (post) => {
      if (counts.has(post)) likes.add(post);
      return true;
    });
    for (const post of likes) counts.set(post, (counts.get(post) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([id, count]) => ({ ...graph.posts.keyOf(id), coLikers: count }))
    .toSorted((a, b) => b.coLikers - a.coLikers);
}
