import { LAZY_OR, type PostRule, windowParams } from '../fragments.ts';
import { filterParams, filterRules, IN_WINDOW } from '../post-rules.ts';
import type { RankingQuery } from './ranking.ts';

/** What a ranking asks of a post. */
export function rankingRules(query: RankingQuery): PostRule[] {
  const isOldEnough = "sort_at <= fromUnixTimestamp64Milli({newestMs:Int64}, 'UTC')";
  return [IN_WINDOW, { name: 'minimum age', sql: isOldEnough }, ...filterRules(query)];
}

/** The parameters of every statement of a ranking. */
export function rankingParams(query: RankingQuery) {
  return {
    ...windowParams(query.asOfMs - query.windowMs, query.asOfMs),
    ...filterParams(query),
    newestMs: query.asOfMs - query.minimumAgeMs,
    minimumLikes: query.minimumLikes,
    gravity: query.gravity ?? 0,
    likesWeight: query.weights.likes,
    repostsWeight: query.weights.reposts,
    repliesWeight: query.weights.replies,
  };
}

/** A day of the whole network is grouped within these bounds, on disk if necessary. */
export const RANKING_CALL = {
  timeoutMs: 60_000,
  settings: {
    ...LAZY_OR,
    max_bytes_before_external_group_by: 1_000_000_000,
    max_memory_usage: 4_000_000_000,
  },
};

/** What counts for a post. */
export type Source = 'likes' | 'reposts' | 'replies';

/** The sources that count in this ranking; likes always do, for their minimum. */
export function sourcesOf({ weights }: RankingQuery): Source[] {
  const all: Source[] = ['likes', 'reposts', 'replies'];
  return all.filter((source) => source === 'likes' || weights[source] > 0);
}
