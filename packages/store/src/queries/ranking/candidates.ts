import type { ClickHouse } from '../../clickhouse/types.ts';
import { float64, int64, string, uint64 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { hasSubject } from '../../tables/record-rows.ts';
import { allOf } from '../post-rules.ts';
import type { Candidate, RankingQuery } from './ranking.ts';
import { RANKING_CALL, rankingParams, rankingRules, type Source, sourcesOf } from './ranking-rules.ts';

/** The posts that can have the highest scores, by the rows that count for them. */
export async function readCandidates(clickhouse: ClickHouse, query: RankingQuery, limit: number): Promise<Candidate[]> {
  const sources = sourcesOf(query);
  const sum = sources.map((source) => `{${source}Weight:Float64} * ${source}.total`).join(' + ');
  const rows = sources.map((source) => `${source}.total`).join(' + ');
  const ageHours = '({toMs:Int64} - sort_at_ms) / 3600000';
  const score = query.gravity === undefined ? sum : `(${sum} - 1) / pow(${ageHours} + 2, {gravity:Float64})`;
  const joins = sources.map((source) => {
    const kind = source === 'likes' ? 'INNER' : 'LEFT';
    return `${kind} JOIN (${ROWS[source]}) AS ${source} ON ${source}.subject_key = candidates.uri_key`;
  });
  const sql = `
SELECT toString(uri_key) AS key, did, uri, toString(version) AS row_version, sort_at_ms, toFloat64(${score}) AS at_most,
    toUInt64(${rows}) AS rows
FROM
(
  SELECT did, uri, uri_key, version, toUnixTimestamp64Milli(sort_at) AS sort_at_ms
  FROM post_rows FINAL
  WHERE ${allOf(rankingRules(query))}
) AS candidates
${joins.join('\n')}
ORDER BY at_most DESC
LIMIT {limit:UInt32}`;
  return clickhouse.query(sql, CANDIDATE, { ...rankingParams(query), limit }, RANKING_CALL);
}

const CANDIDATE = shape<Candidate>({
  key: string,
  did: string,
  uri: string,
  rowVersion: string,
  sortAtMs: int64,
  atMost: float64,
  rows: uint64,
});

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
