import type { ClickHouse } from '../../clickhouse/types.ts';
import { type KeepPosts, keptOf } from '../fragments.ts';
import type { PostQuery } from '../post-rules.ts';
import { readCandidates } from './candidates.ts';
import { isComplete, orderPosts, type RankedPost, type RankingQuery, scorePosts } from './ranking.ts';
import { rankingParams, rankingRules } from './ranking-rules.ts';
import { readTallies } from './tallies.ts';

/**
 * The most liked posts of a window, best first. A like counts once per account and post, when it and its account show, from
 * the window's first hour on; reposts and replies likewise.
 *
 * Exact, in two steps, since counting accounts exactly over a day of the whole network takes several times as long as
 * counting rows: first all posts by what they can have at most (rows of likes, replaced and hidden ones included, are never
 * fewer than accounts), then the accounts of those that come first. When a post that was left out might still belong
 * among them, more are taken. `keep` is asked before anything is counted, so what it leaves out doesn't count toward the size.
 */
export async function rankPosts(clickhouse: ClickHouse, query: RankingQuery, keep?: KeepPosts): Promise<RankedPost[]> {
  for (let limit = Math.ceil(query.size * 1.25) + 100; ; limit *= 2) {
    const found = await readCandidates(clickhouse, query, limit);
    const candidates = await keptOf(found, keep);
    const rows = candidates.reduce((sum, candidate) => sum + candidate.rows, 0);
    const ranked = orderPosts(candidates, await readTallies(clickhouse, query, candidates, rows), query);
    if (found.length < limit || isComplete(ranked, found, query.size)) return ranked.slice(0, query.size);
  }
}

/** What rankPosts() selects, and in which order. */
export function rankedPostQuery(clickhouse: ClickHouse, query: RankingQuery): PostQuery {
  return {
    rules: rankingRules(query),
    params: rankingParams(query),
    perAuthor: query.perAuthor,
    order: async (posts) =>
      scorePosts(posts, await readTallies(clickhouse, query, posts), query).map(({ post, score }) => ({
        post,
        score,
        hasEnough: score.likes >= query.minimumLikes,
      })),
  };
}
