import type { Version } from '@updraft/atproto';
import { createList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { float64, int64, string, uint64, version } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import { hasSubject, isVisibleRecord } from '../../tables/record-rows.ts';
import {
  isLikeCounted,
  isReplyCounted,
  type KeepPosts,
  keptOf,
  LAZY_OR,
  type PostRule,
  windowParams,
} from '../fragments.ts';
import { allOf, filterParams, filterRules, IN_WINDOW, type PostQuery } from '../post-rules.ts';
import {
  type Candidate,
  type FoundPost,
  isComplete,
  orderPosts,
  type RankedPost,
  type RankingQuery,
  scorePosts,
  type Tallies,
} from './ranking.ts';

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
    const ranked = orderPosts(candidates, await readTallies(clickhouse, query, candidates), query);
    if (found.length < limit || isComplete(ranked, found, query.size)) return ranked.slice(0, query.size);
  }
}

/** What rankPosts() selects, and in which order. */
export function rankedPostQuery(clickhouse: ClickHouse, query: RankingQuery): PostQuery {
  return {
    rules: rulesOf(query),
    params: paramsOf(query),
    perAuthor: query.perAuthor,
    order: async (posts) =>
      scorePosts(posts, await readTallies(clickhouse, query, posts), query).map(({ post, score }) => ({
        post,
        score,
        hasEnough: score.likes >= query.minimumLikes,
      })),
  };
}

function rulesOf(query: RankingQuery): PostRule[] {
  const isOldEnough = "sort_at <= fromUnixTimestamp64Milli({newestMs:Int64}, 'UTC')";
  return [IN_WINDOW, { name: 'minimum age', sql: isOldEnough }, ...filterRules(query)];
}

/** A day of the whole network is grouped within these bounds, on disk if necessary. */
const CALL = {
  timeoutMs: 60_000,
  settings: {
    ...LAZY_OR,
    max_bytes_before_external_group_by: 1_000_000_000,
    max_memory_usage: 4_000_000_000,
  },
};

type Source = 'likes' | 'reposts' | 'replies';

/** The sources that count in this ranking; likes always do, for their minimum. */
function sourcesOf({ weights }: RankingQuery): Source[] {
  const all: Source[] = ['likes', 'reposts', 'replies'];
  return all.filter((source) => source === 'likes' || weights[source] > 0);
}

async function readCandidates(clickhouse: ClickHouse, query: RankingQuery, limit: number): Promise<Candidate[]> {
  const sources = sourcesOf(query);
  const sum = sources.map((source) => `{${source}Weight:Float64} * ${source}.total`).join(' + ');
  const ageHours = '({toMs:Int64} - sort_at_ms) / 3600000';
  const score = query.gravity === undefined ? sum : `(${sum} - 1) / pow(${ageHours} + 2, {gravity:Float64})`;
  const joins = sources.map((source) => {
    const kind = source === 'likes' ? 'INNER' : 'LEFT';
    return `${kind} JOIN (${ROWS[source]}) AS ${source} ON ${source}.subject_key = candidates.uri_key`;
  });
  const sql = `
SELECT toString(uri_key) AS key, did, uri, toString(version) AS row_version, sort_at_ms, toFloat64(${score}) AS at_most
FROM
(
  SELECT did, uri, uri_key, version, toUnixTimestamp64Milli(sort_at) AS sort_at_ms
  FROM post_rows FINAL
  WHERE ${allOf(rulesOf(query))}
) AS candidates
${joins.join('\n')}
ORDER BY at_most DESC
LIMIT {limit:UInt32}`;
  return clickhouse.query(sql, CANDIDATE, { ...paramsOf(query), limit }, CALL);
}

const CANDIDATE = shape<Candidate>({
  key: string,
  did: string,
  uri: string,
  rowVersion: string,
  sortAtMs: int64,
  atMost: float64,
});
const TALLY = shape({ key: string, accounts: uint64 });

/** Rows by subject: at least as many as accounts. Read without FINAL, and by the hash of the subject, which is quick. */
const ROWS: Record<Source, string> = {
  likes: `SELECT subject_key, count() AS total FROM record_rows
    WHERE collection = 'app.bsky.feed.like' AND record_hour >= {fromHour:UInt32} AND ${hasSubject}
    GROUP BY subject_key HAVING total >= {minimumLikes:UInt32}`,
  reposts: `SELECT subject_key, count() AS total FROM record_rows
    WHERE collection = 'app.bsky.feed.repost' AND record_hour >= {fromHour:UInt32} AND ${hasSubject} GROUP BY subject_key`,
  replies: `SELECT sipHash64(parent_uri) AS subject_key, count() AS total FROM post_rows
    WHERE record_hour >= {fromHour:UInt32} AND parent_uri != '' GROUP BY subject_key`,
};

const isCountedRecord = `${isLikeCounted} AND ${isVisibleRecord}`;

/** The rows of each source that count. */
const COUNTED: Record<Source, { readonly table: string; readonly subject: string; readonly where: string }> = {
  likes: {
    table: 'record_rows',
    subject: 'subject_key',
    where: `collection = 'app.bsky.feed.like' AND ${isCountedRecord}`,
  },
  reposts: {
    table: 'record_rows',
    subject: 'subject_key',
    where: `collection = 'app.bsky.feed.repost' AND ${isCountedRecord}`,
  },
  replies: { table: 'post_rows', subject: 'sipHash64(parent_uri)', where: `${isReplyCounted} AND ${isVisible}` },
};

async function readTallies(
  clickhouse: ClickHouse,
  query: RankingQuery,
  candidates: readonly FoundPost[],
): Promise<Tallies> {
  const tallies: Record<Source, Map<string, number>> = { likes: new Map(), reposts: new Map(), replies: new Map() };
  if (candidates.length === 0) return tallies;
  const lists = [createList('given_subjects', { key: version }, candidates.map(halvesOfKey))];
  for (const source of sourcesOf(query)) {
    const { table, subject, where } = COUNTED[source];
    // Conditions are evaluated in their order: the most selective one comes first.
    const sql = `
SELECT toString(${subject}) AS key, uniqExact(did_key) AS accounts
FROM ${table} FINAL
WHERE ${subject} IN given_subjects
    AND ${where}
GROUP BY key`;
    const rows = await clickhouse.query(sql, TALLY, paramsOf(query), {
      ...CALL,
      lists,
    });
    for (const { key, accounts } of rows) tallies[source].set(key, accounts);
  }
  return tallies;
}

function halvesOfKey({ key }: FoundPost): { key: Version } {
  const bits = BigInt(key);
  return { key: { hi: Number(bits >> 32n), lo: Number(bits & 0xffff_ffffn) } };
}

function paramsOf(query: RankingQuery) {
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
