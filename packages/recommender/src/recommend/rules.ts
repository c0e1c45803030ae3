import type { LikeGraph } from '../graph/like-graph.ts';
import type { Request } from './request.ts';
import { HOUR_MS } from './seeds.ts';

/** Why the graph doesn't give a post to a viewer. */
export type GraphRule = 'known' | 'own' | 'window' | 'replies' | 'media' | 'languages';

/** What the request alone decides, worked out once. */
export interface Limits {
  readonly fromS: number;
  readonly toS: number;
  /** -1: wrote nothing that the graph knows. */
  readonly author: number;
}

/** No older than the oldest hour of likes either: a like of an older post could be one that the graph has forgotten. */
export function limitsOf(graph: LikeGraph, { viewer, asOfMs, windowMs }: Request): Limits {
  const oldestMs = (graph.hours.at(-1)?.hour ?? 0) * HOUR_MS;
  return {
    fromS: Math.max(asOfMs - windowMs, oldestMs) / 1_000,
    toS: asOfMs / 1_000,
    author: graph.facts.findAuthor(viewer.lo, viewer.hi),
  };
}

/** The rule that leaves out a post which the viewer does not like yet. */
export function ruleAgainst({ facts }: LikeGraph, post: number, request: Request, limits: Limits): GraphRule | undefined {
  const sortAtS = facts.sortAtS(post);
  if (sortAtS === 0) return 'known';
  if (sortAtS < limits.fromS || sortAtS > limits.toS) return 'window';
  if (facts.author(post) === limits.author) return 'own';
  if (!request.replies && facts.isReply(post)) return 'replies';
  if (request.mediaOnly && !facts.hasMedia(post)) return 'media';
  if (request.languages.length > 0 && !facts.langs(post).some((lang) => request.languages.includes(lang)))
    return 'languages';
  return undefined;
}
