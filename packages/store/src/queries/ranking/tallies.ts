import type { Version } from '@updraft/atproto';
import { createList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { string, uint64, version } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import { isVisibleRecord } from '../../tables/record-rows.ts';
import { isLikeCounted, isReplyCounted } from '../fragments.ts';
import type { FoundPost, RankingQuery, Tallies } from './ranking.ts';
import { RANKING_CALL, rankingParams, type Source, sourcesOf } from './ranking-rules.ts';

/** The accounts that count for each post. `rows`: how many rows can count for all of them; absent where that isn't known. */
export async function readTallies(
  clickhouse: ClickHouse,
  query: RankingQuery,
  candidates: readonly FoundPost[],
  rows = Number.POSITIVE_INFINITY,
): Promise<Tallies> {
  const tallies: Record<Source, Map<string, number>> = { likes: new Map(), reposts: new Map(), replies: new Map() };
  if (candidates.length === 0) return tallies;
  const lists = [createList('given_subjects', { key: version }, candidates.map(halvesOfKey))];
  for (const source of sourcesOf(query)) {
    const sql = tallySql(source, rows <= FEW_ROWS);
    const counted = await clickhouse.query(sql, TALLY, rankingParams(query), { ...RANKING_CALL, lists });
    for (const { key, accounts } of counted) tallies[source].set(key, accounts);
  }
  return tallies;
}

const TALLY = shape({ key: string, accounts: uint64 });

/** Up to these, looking for the newest row of each record takes less than half as long as FINAL; with four times as many, as long. */
const FEW_ROWS = 100_000;

const COLLECTIONS = { likes: 'app.bsky.feed.like', reposts: 'app.bsky.feed.repost' } as const;

/** Conditions are evaluated in their order: the most selective one comes first. */
function tallySql(source: Source, areFew: boolean): string {
  if (source === 'replies')
    return `
SELECT toString(sipHash64(parent_uri)) AS key, uniqExact(did_key) AS accounts
FROM post_rows FINAL
WHERE sipHash64(parent_uri) IN given_subjects AND ${isReplyCounted} AND ${isVisible}
GROUP BY key`;
  const isOfSource = `collection = '${COLLECTIONS[source]}'`;
  return `
SELECT toString(subject_key) AS key, uniqExact(did_key) AS accounts
FROM ${areFew ? newestRows(isOfSource) : 'record_rows FINAL'}
WHERE subject_key IN given_subjects
    AND ${areFew ? 'deleted = 0' : isOfSource}
    AND ${isLikeCounted} AND ${isVisibleRecord}
GROUP BY key`;
}

/**
 * What FINAL gives of the records any row of which has one of the subjects: of the rows of a record, the one with the highest version, since
 * rows of one version are alike. It reads two columns of the window, and the others only where one of these rows is; FINAL reads all of them
 * everywhere.
 */
function newestRows(isOfSource: string): string {
  const isInHours = `${isOfSource} AND record_hour >= {fromHour:UInt32}`;
  return `(
    SELECT record_hour, did_key, rkey_tid, newest.1 AS relative_version, newest.2 AS deleted, newest.3 AS subject_key,
        newest.4 AS created_delta
    FROM (
        SELECT record_hour, did_key, rkey_tid, max((relative_version, deleted, subject_key, created_delta)) AS newest
        FROM record_rows
        WHERE ${isInHours}
            AND rkey_tid IN (SELECT rkey_tid FROM record_rows WHERE ${isInHours} AND subject_key IN given_subjects)
        GROUP BY record_hour, did_key, rkey_tid
    )
)`;
}

function halvesOfKey({ key }: FoundPost): { key: Version } {
  const bits = BigInt(key);
  return { key: { hi: Number(bits >> 32n), lo: Number(bits & 0xffff_ffffn) } };
}
