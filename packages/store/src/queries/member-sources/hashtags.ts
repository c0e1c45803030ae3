import { tagToken } from '@updraft/atproto';
import { didList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import { CANDIDATE, type Candidate, type CandidateQuery, isOpenTo, microsOf, PLACES_EACH } from './member-source.ts';

/** How far back posts with a hashtag are read at all. */
const POSTS_WINDOW_MS = 30 * 24 * 3_600_000;

/** Authors of posts with the hashtag, each with the newest of these posts. */
export function taggedPostCandidates(
  clickhouse: ClickHouse,
  tag: string,
  { label, open, sinceMs = Date.now() - POSTS_WINDOW_MS, limit }: CandidateQuery,
): Promise<Candidate[]> {
  return clickhouse.query(
    `SELECT did, concat('at://', did, '/app.bsky.feed.post/', rkey) AS evidence, ${microsOf('version')} AS at_micros
     FROM post_rows FINAL
     WHERE (record_hour, did, rkey) IN (
       SELECT record_hour, did, rkey FROM post_rows
       WHERE record_hour >= {fromHour:UInt32} AND has(tokens, {mark:String}) AND deleted = 0 AND ${isOpenTo('did')}
       ORDER BY record_hour DESC, rkey DESC LIMIT ${PLACES_EACH} BY did LIMIT {places:UInt32})
       AND has(tokens, {mark:String}) AND ${isVisible}
     ORDER BY did, record_hour DESC, rkey DESC LIMIT 1 BY did LIMIT {limit:UInt32}`,
    CANDIDATE,
    { label, open, limit, places: limit * PLACES_EACH, mark: tagToken(tag), fromHour: Math.floor(sinceMs / 3_600_000) },
  );
}

/** Accounts whose profile's description has the hashtag. */
export function taggedProfileCandidates(
  clickhouse: ClickHouse,
  tag: string,
  { label, open, sinceMs, limit }: CandidateQuery,
): Promise<Candidate[]> {
  const isRecent = sinceMs === undefined ? '' : 'version >= bitShiftLeft({sinceMicros:UInt64}, 11) AND';
  return clickhouse.query(
    `SELECT actor_did AS did, '' AS evidence, toUInt64(0) AS at_micros FROM profiles FINAL
     WHERE actor_did IN (
       SELECT actor_did FROM profiles
       WHERE ${isRecent} deleted = 0 AND ${HAS_TAG} AND ${isOpenTo('actor_did')} LIMIT {limit:UInt32})
       AND ${HAS_TAG} AND ${isVisible}
     ORDER BY did`,
    CANDIDATE,
    { label, open, limit, sinceMicros: Math.floor((sinceMs ?? 0) * 1000), ...tagParams(tag) },
  );
}

/** Those of the accounts whose profiles have the hashtag. */
export async function taggedProfilesOf(
  clickhouse: ClickHouse,
  tag: string,
  dids: readonly string[],
): Promise<Set<string>> {
  const rows = await clickhouse.query(
    `SELECT actor_did AS did FROM profiles FINAL WHERE actor_did IN given_dids AND ${HAS_TAG} AND ${isVisible}`,
    shape({ did: string }),
    tagParams(tag),
    { lists: [didList(dids)] },
  );
  return new Set(rows.map(({ did }) => did));
}

/** The first condition is quick, the second knows where a hashtag begins and ends. */
const HAS_TAG = 'positionCaseInsensitiveUTF8(description, {tag:String}) > 0 AND match(description, {pattern:String})';

/** A tag has letters, digits and _ only, none of which mean anything in a pattern. */
function tagParams(tag: string): { tag: string; pattern: string } {
  return { tag, pattern: `(?i)(^|[^\\p{L}\\p{N}_&/])[#＃]${tag}($|[^\\p{L}\\p{N}_])` };
}
