import type { LikeGraph } from '../graph/like-graph.ts';
import { forEachLikeOf } from './likes-of.ts';
import type { GivenLike, Request } from './request.ts';
import type { Weights } from './settings.ts';

export const HOUR_MS = 3_600_000;

/** A post that the viewer likes, by which others are found. */
export interface Seed {
  /** Of the post. */
  readonly id: number;
  readonly weight: number;
}

/** What counts of the viewer's likes: those of posts that somebody else likes too, the newest ones. */
export function chooseSeeds(graph: LikeGraph, request: Request, weights: Weights): Seed[] {
  const seeds: Seed[] = [];
  for (const { lo, hi, atMs } of request.likes ?? likesInGraph(graph, request)) {
    const id = graph.posts.find(lo, hi);
    const likes = id < 0 ? 0 : graph.posts.likesOf(id);
    if (likes < 2) continue;
    const ageHours = Math.max(0, request.asOfMs - atMs) / HOUR_MS;
    seeds.push({ id, weight: 2 ** (-ageHours / weights.seedHalfLifeHours) / likes ** weights.seedPower });
    if (seeds.length >= request.effort.seeds) break;
  }
  return seeds;
}

/** Of an hour the graph knows no order. */
function likesInGraph(graph: LikeGraph, { viewer, effort }: Request): GivenLike[] {
  const likes: GivenLike[] = [];
  forEachLikeOf(graph.hours, graph.accounts.find(viewer.lo, viewer.hi), (post, hour) => {
    likes.push({ ...graph.posts.keyOf(post), atMs: (hour + 0.5) * HOUR_MS });
    return likes.length < effort.seeds * 4;
  });
  return likes;
}
