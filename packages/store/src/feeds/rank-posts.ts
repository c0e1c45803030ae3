import type { ClickHouse } from '../clickhouse/types.ts';
import { isInWindow, isOfWindow, isVisible, type PostFilter, postConditions, windowParams } from './fragments.ts';

export interface RankingQuery extends PostFilter {
  /** The moment of the ranking, in ms since 1970: nothing later counts. */
  readonly asOfMs: number;
  readonly windowMs: number;
  readonly minimumAgeMs: number;
  /** At least 1. */
  readonly minimumLikes: number;
  /** Exponent of the age; undefined ranks by weight alone. */
  readonly gravity: number | undefined;
  readonly weights: { readonly likes: number; readonly reposts: number; readonly replies: number };
  /** At most so many posts of one author. */
  readonly perAuthor?: number | undefined;
  readonly size: number;
}

export interface RankedPost {
  readonly uri: string;
  readonly likes: number;
  readonly score: number;
}

/**
 * The most liked posts of a window, best first. A like counts once per account and post, when it and its account show, from
 * the window's first hour on; reposts and replies likewise. Score: the weighted sum, or with gravity (sum - 1) / (age in hours + 2) ^ gravity, the age
 * in fractional hours at `asOfMs`. Ties go to the newer post, then by uri.
 */
export async function rankPosts(clickhouse: ClickHouse, query: RankingQuery): Promise<RankedPost[]> {
  const params = {
    ...windowParams(query.asOfMs - query.windowMs, query.asOfMs),
    newestMs: query.asOfMs - query.minimumAgeMs,
    minimumLikes: query.minimumLikes,
    gravity: query.gravity ?? 0,
    likeWeight: query.weights.likes,
    repostWeight: query.weights.reposts,
    replyWeight: query.weights.replies,
    languages: query.languages,
    perAuthor: query.perAuthor ?? 0,
    size: query.size,
  };
  return clickhouse.query<RankedPost>(rankingSql(query), params, { settings: SETTINGS, timeoutMs: 60_000 });
}

/** A day of the whole network groups within bounds, on disk when it must. */
const SETTINGS = { max_bytes_before_external_group_by: 1_000_000_000, max_memory_usage: 4_000_000_000 };

function rankingSql(query: RankingQuery): string {
  const { reposts, replies } = query.weights;
  const terms = ['{likeWeight:Float64} * likes'];
  if (reposts > 0) terms.push('{repostWeight:Float64} * reposts');
  if (replies > 0) terms.push('{replyWeight:Float64} * repliers');
  const sum = terms.join(' + ');
  const ageHours = '({toMs:Int64} - toUnixTimestamp64Milli(sort_at)) / 3600000';
  const score = query.gravity === undefined ? sum : `(${sum} - 1) / pow(${ageHours} + 2, {gravity:Float64})`;
  return `
SELECT uri, toFloat64(likes) AS likes, toFloat64(${score}) AS score
FROM
(
  SELECT did, uri, uri_key, sort_at
  FROM posts FINAL
  WHERE ${isInWindow}
    AND sort_at <= fromUnixTimestamp64Milli({newestMs:Int64}, 'UTC')
    AND ${postConditions(query)}
) AS posts
INNER JOIN (${countsSql('likes', 'likes')} HAVING likes >= {minimumLikes:UInt32}) AS liked ON liked.subject_key = posts.uri_key
${reposts > 0 ? `LEFT JOIN (${countsSql('reposts', 'reposts')}) AS reposted ON reposted.subject_key = posts.uri_key` : ''}
${replies > 0 ? `LEFT JOIN (${REPLIERS_SQL}) AS replied ON replied.subject_key = posts.uri_key` : ''}
ORDER BY score DESC, sort_at DESC, uri ASC
${query.perAuthor === undefined ? '' : 'LIMIT {perAuthor:UInt32} BY did'}
LIMIT {size:UInt32}`;
}

/** Accounts by subject. Grouping by the subject's hash is five times quicker than by its uri. */
function countsSql(table: 'likes' | 'reposts', name: string): string {
  return `
  SELECT subject_key, uniqExact(did_key) AS ${name}
  FROM ${table} FINAL
  WHERE ${isOfWindow}
    AND ${isVisible}
  GROUP BY subject_key`;
}

const REPLIERS_SQL = `
  SELECT sipHash64(parent_uri) AS subject_key, uniqExact(did_key) AS repliers
  FROM posts FINAL
  WHERE ${isOfWindow}
    AND parent_uri != ''
    AND ${isVisible}
  GROUP BY subject_key`;
