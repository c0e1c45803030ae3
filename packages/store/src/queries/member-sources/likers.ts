import { parseAtUri, recordKey } from '@updraft/atproto';
import { createList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { pick } from '../../row-binary/table.ts';
import { isVisibleRecord, RECORD_RKEY, RECORD_VERSION, recordRows } from '../../tables/record-rows.ts';
import type { Brought } from '../member-requests.ts';
import { CANDIDATE, type Candidate, type CandidateQuery, isOpenTo, microsOf, PLACES_EACH } from './member-source.ts';

/** How far back likes are read at all: every like of the network in that time has a part in the answer. */
const LIKES_WINDOW_MS = 7 * 24 * 3_600_000;
const KEY = 'record_hour, collection, repo, rkey_tid, rkey_text';
const LIKE_URI = `concat('at://', repo, '/app.bsky.feed.like/', ${RECORD_RKEY})`;

/** Accounts that like the record, each with its newest like. */
export function likerCandidates(
  clickhouse: ClickHouse,
  uri: string,
  { label, open, sinceMs = Date.now() - LIKES_WINDOW_MS, limit }: CandidateQuery,
): Promise<Candidate[]> {
  return clickhouse.query(
    `SELECT repo AS did, ${LIKE_URI} AS evidence, ${microsOf(RECORD_VERSION)} AS at_micros FROM record_rows FINAL
     WHERE (${KEY}) IN (
       SELECT ${KEY} FROM record_rows
       WHERE record_hour >= {fromHour:UInt32} AND collection = 'app.bsky.feed.like'
         AND subject_key = sipHash64({uri:String}) AND ${isOpenTo('repo')}
       ORDER BY rkey_tid DESC LIMIT ${PLACES_EACH} BY repo LIMIT {places:UInt32})
       AND subject = {uri:String} AND ${isVisibleRecord}
     ORDER BY did, rkey_tid DESC LIMIT 1 BY did LIMIT {limit:UInt32}`,
    CANDIDATE,
    { uri, label, open, limit, places: limit * PLACES_EACH, fromHour: Math.floor(sinceMs / 3_600_000) },
  );
}

/** Those whose likes by which they came are still there. */
export async function likersOf(clickhouse: ClickHouse, uri: string, brought: readonly Brought[]): Promise<Set<string>> {
  const keys = brought.flatMap(({ evidence }) => {
    const like = parseAtUri(evidence);
    return like === undefined ? [] : [{ ...recordKey(like.rkey), collection: like.collection, repo: like.authority }];
  });
  if (keys.length === 0) return new Set();
  const rows = await clickhouse.query(
    `SELECT repo AS did FROM record_rows FINAL
     WHERE (${KEY}) IN given_likes AND subject = {uri:String} AND ${isVisibleRecord}`,
    shape({ did: string }),
    { uri },
    {
      lists: [
        createList('given_likes', pick(recordRows, 'recordHour', 'collection', 'repo', 'rkeyTid', 'rkeyText'), keys),
      ],
    },
  );
  return new Set(rows.map(({ did }) => did));
}
