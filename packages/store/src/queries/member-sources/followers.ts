import { didList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import { CANDIDATE, type Candidate, type CandidateQuery, isOpenTo } from './member-source.ts';

/** Follows lie by who follows: new ones are found among the records of the last hours, all of them by a scan of one column. */
export function followerCandidates(
  clickhouse: ClickHouse,
  of: string,
  { label, open, sinceMs, limit }: CandidateQuery,
): Promise<Candidate[]> {
  const found =
    sinceMs === undefined
      ? `SELECT actor_did FROM follows
         WHERE subject_key = sipHash64({of:String}) AND deleted = 0 AND ${isOpenTo('actor_did')}`
      : `SELECT repo FROM record_rows
         WHERE record_hour >= {fromHour:UInt32} AND collection = 'app.bsky.graph.follow'
           AND subject_key = sipHash64({of:String}) AND ${isOpenTo('repo')}`;
  return clickhouse.query(
    `SELECT actor_did AS did, '' AS evidence, toUInt64(0) AS at_micros FROM follows FINAL
     WHERE actor_did IN (${found} LIMIT {limit:UInt32}) AND subject_did = {of:String} AND ${isVisible}
     ORDER BY did LIMIT 1 BY did`,
    CANDIDATE,
    { of, label, open, limit, fromHour: Math.floor((sinceMs ?? 0) / 3_600_000) },
  );
}

/** Those of the accounts that follow this one. */
export async function followersOf(clickhouse: ClickHouse, of: string, dids: readonly string[]): Promise<Set<string>> {
  const rows = await clickhouse.query(
    `SELECT DISTINCT actor_did AS did FROM follows FINAL
     WHERE actor_did IN given_dids AND subject_did = {of:String} AND ${isVisible}`,
    shape({ did: string }),
    { of },
    { lists: [didList(dids)] },
  );
  return new Set(rows.map(({ did }) => did));
}
