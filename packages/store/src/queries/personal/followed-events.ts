import { createList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { int64, string, uint64 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { pick } from '../../row-binary/table.ts';
import { givenPosts } from '../../tables/post-rows.ts';
import { RECORD_RKEY, RECORD_SORT_AT_MS, recordRows } from '../../tables/record-rows.ts';
import { type FeedFilter, type PostRule, windowParams } from '../fragments.ts';
import { allOf, filterParams, filterRules, IN_WINDOW } from '../post-rules.ts';
import type { FoundPost } from '../ranking/ranking.ts';
import { IS_BY_FOLLOWED, IS_FOLLOWED, IS_FOLLOWED_REPOST, IS_NOT_BLOCKED, viewerParams } from './followed.ts';

export interface FollowedQuery extends FeedFilter {
  readonly viewerDid: string;
  /** Whether what they repost comes too. */
  readonly reposts: boolean;
  readonly asOfMs: number;
  readonly windowMs: number;
}

/** How a post came to the viewer: written or reposted by an account that they follow. */
export interface FollowedEvent extends FoundPost {
  /** Who wrote or reposted it. */
  readonly by: string;
  /** When, in ms since 1970. */
  readonly atMs: number;
  /** The at-uri of the repost; '' of a post that comes by itself. */
  readonly repostUri: string;
}

/**
 * What came to the viewer within the window, the latest first, in batches. Reads back from now in growing stretches, since a viewer who follows
 * many has enough to read in the last hour. Ends at once for a viewer who follows nobody.
 */
export async function* followedEvents(
  clickhouse: ClickHouse,
  query: FollowedQuery,
  firstLimit: number,
): AsyncGenerator<readonly FollowedEvent[]> {
  const fromMs = query.asOfMs - query.windowMs;
  let spanMs = firstSpanMs(await countFollows(clickhouse, query.viewerDid), firstLimit, query.windowMs);
  let toMs = spanMs === 0 ? fromMs : query.asOfMs;
  for (let limit = firstLimit; toMs > fromMs; limit = Math.min(limit * 2, MAX_EVENTS)) {
    const stretch = { fromMs: Math.max(fromMs, toMs - spanMs), toMs, limit };
    const sources = await Promise.all(
      [readPosts, ...(query.reposts ? [readReposts] : [])].map((read) => read(clickhouse, query, stretch)),
    );
    // Of a source that has more than the limit, what came at its last event's time or before is not read yet.
    const readBackToMs = Math.max(...sources.map((source) => source.readBackToMs));
    const completeMs = readBackToMs === toMs && limit === MAX_EVENTS ? toMs - 1 : readBackToMs;
    yield sources
      .flatMap(({ events }) => events)
      .filter(({ atMs }) => atMs > completeMs)
      .toSorted(latestFirst);
    if (completeMs === stretch.fromMs) spanMs *= 4;
    toMs = completeMs;
  }
}

/** Of one question. Of more at one millisecond the rest is left out. */
const MAX_EVENTS = 20_000;
const HOUR_MS = 3_600_000;

/** A followed account writes and reposts about once a day. */
const EVENTS_PER_HOUR = 1 / 20;

/**
 * A stretch that is likely to have `wanted` events; 0 where nobody is followed. Each stretch reads the later hours again, where dates may be
 * wrong, so a long one is the whole window at once.
 */
function firstSpanMs(follows: number, wanted: number, windowMs: number): number {
  if (follows === 0) return 0;
  const spanMs = Math.ceil(HOUR_MS * Math.max(1, wanted / (follows * EVENTS_PER_HOUR)));
  return spanMs > windowMs / 4 ? windowMs : spanMs;
}

/** At least as many as there are: it reads no versions. */
async function countFollows(clickhouse: ClickHouse, viewerDid: string): Promise<number> {
  const sql = 'SELECT count() AS follows FROM follows WHERE actor_did = {viewer:String} AND deleted = 0';
  const [row] = await clickhouse.query(sql, shape({ follows: uint64 }), viewerParams(viewerDid));
  return row?.follows ?? 0;
}

/** Of several events at one moment the post itself comes first, then by uri. */
function latestFirst(a: FollowedEvent, b: FollowedEvent): number {
  return b.atMs - a.atMs || compare(a.repostUri, b.repostUri) || compare(a.uri, b.uri);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Stretch {
  /** Not itself. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

interface Read {
  readonly events: readonly FollowedEvent[];
  /** Everything later is among the events. */
  readonly readBackToMs: number;
}

const FOUND = { key: string, did: string, uri: string, rowVersion: string, sortAtMs: int64 };
const SELECT_FOUND =
  'toString(uri_key) AS key, did, uri, toString(version) AS row_version, toUnixTimestamp64Milli(sort_at) AS sort_at_ms';

/** What a followed account's own post must be. */
export function followedPostRules(query: FeedFilter): PostRule[] {
  return [IN_WINDOW, IS_FOLLOWED, ...filterRules(query)];
}

/**
 * In two steps, since FINAL reads the whole window: the rows that are of it whichever version counts, then those posts by their keys. The row
 * that counts is among the first, so nothing is missed.
 */
async function readPosts(clickhouse: ClickHouse, query: FollowedQuery, stretch: Stretch): Promise<Read> {
  const rules = allOf(followedPostRules(query));
  const params = paramsOf(query, stretch);
  const rows = await clickhouse.query(
    `SELECT uri, toUnixTimestamp64Milli(sort_at) AS at_ms FROM post_rows
     PREWHERE ${IS_FOLLOWED.sql} WHERE ${rules} AND deleted = 0 ORDER BY sort_at DESC LIMIT {limit:UInt32}`,
    shape({ uri: string, atMs: int64 }),
    params,
  );
  const readBackToMs = readBackTo(rows.length, rows.at(-1)?.atMs, stretch);
  if (rows.length === 0) return { events: [], readBackToMs };
  const sql = `SELECT ${SELECT_FOUND} FROM post_rows FINAL WHERE (record_hour, did, rkey) IN given_posts AND ${rules}`;
  const lists = [givenPosts(new Set(rows.map(({ uri }) => uri)))];
  const posts = await clickhouse.query(sql, shape<FoundPost>(FOUND), params, { lists });
  return { events: posts.map((post) => ({ ...post, by: post.did, atMs: post.sortAtMs, repostUri: '' })), readBackToMs };
}

const REPOST_ROW = shape({
  ...pick(recordRows, 'recordHour', 'collection', 'repo', 'rkeyTid', 'rkeyText'),
  atMs: int64,
});
const REPOST = shape({ by: string, subjectUri: string, atMs: int64, repostUri: string });
const REPOST_KEY = pick(recordRows, 'recordHour', 'collection', 'repo', 'rkeyTid', 'rkeyText');

/** In two steps likewise. */
async function readReposts(clickhouse: ClickHouse, query: FollowedQuery, stretch: Stretch): Promise<Read> {
  const params = paramsOf(query, stretch);
  const rows = await clickhouse.query(
    `SELECT record_hour, collection, repo, rkey_tid, rkey_text, ${RECORD_SORT_AT_MS} AS at_ms FROM record_rows
     PREWHERE ${IS_BY_FOLLOWED} WHERE ${IS_FOLLOWED_REPOST} AND deleted = 0 ORDER BY at_ms DESC LIMIT {limit:UInt32}`,
    REPOST_ROW,
    params,
  );
  const readBackToMs = readBackTo(rows.length, rows.at(-1)?.atMs, stretch);
  if (rows.length === 0) return { events: [], readBackToMs };
  const reposts = await clickhouse.query(
    `SELECT repo AS by, toString(subject) AS subject_uri, ${RECORD_SORT_AT_MS} AS at_ms,
       concat('at://', repo, '/app.bsky.feed.repost/', ${RECORD_RKEY}) AS repost_uri
     FROM record_rows FINAL
     WHERE (record_hour, collection, repo, rkey_tid, rkey_text) IN given_records AND ${IS_FOLLOWED_REPOST}`,
    REPOST,
    params,
    {
      lists: [createList('given_records', REPOST_KEY, rows)],
    },
  );
  const posts = await repostedPosts(clickhouse, query, new Set(reposts.map(({ subjectUri }) => subjectUri)));
  const events = reposts.flatMap(({ subjectUri, ...repost }) => {
    const post = posts.get(subjectUri);
    return post === undefined ? [] : [{ ...post, ...repost }];
  });
  return { events, readBackToMs };
}

function readBackTo(count: number, lastMs: number | undefined, { fromMs, limit }: Stretch): number {
  return count < limit || lastMs === undefined ? fromMs : lastMs;
}

/** What a post must be that a followed account reposts: however old, but not of a blocked account. */
export function repostedPostRules(query: FeedFilter): PostRule[] {
  const sql = "record_hour > 0 AND sort_at <= fromUnixTimestamp64Milli({asOfMs:Int64}, 'UTC')";
  return [{ name: 'time', sql }, IS_NOT_BLOCKED, ...filterRules(query)];
}

async function repostedPosts(
  clickhouse: ClickHouse,
  query: FollowedQuery,
  uris: ReadonlySet<string>,
): Promise<ReadonlyMap<string, FoundPost>> {
  if (uris.size === 0) return new Map();
  const sql = `
SELECT ${SELECT_FOUND}
FROM post_rows FINAL
WHERE (record_hour, did, rkey) IN given_posts
    AND ${allOf(repostedPostRules(query))}`;
  const params = { ...viewerParams(query.viewerDid), ...filterParams(query), asOfMs: query.asOfMs };
  const posts = await clickhouse.query(sql, shape<FoundPost>(FOUND), params, { lists: [givenPosts(uris)] });
  return new Map(posts.map((post) => [post.uri, post]));
}

function paramsOf(query: FollowedQuery, { fromMs, toMs, limit }: Stretch) {
  return {
    ...windowParams(fromMs, toMs),
    ...viewerParams(query.viewerDid),
    ...filterParams(query),
    limit,
  };
}
