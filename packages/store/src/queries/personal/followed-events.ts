import type { ClickHouse } from '../../clickhouse/types.ts';
import { int64, string, uint64 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { givenPosts } from '../../tables/post-rows.ts';
import { RECORD_RKEY, RECORD_SORT_AT_MS } from '../../tables/record-rows.ts';
import { type FeedFilter, type PostRule, windowParams } from '../fragments.ts';
import { allOf, filterParams, filterRules, IN_WINDOW } from '../post-rules.ts';
import type { FoundPost } from '../ranking/ranking.ts';
import { IS_FOLLOWED, IS_FOLLOWED_REPOST, IS_NOT_BLOCKED, viewerParams } from './followed.ts';

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
  let spanMs = firstSpanMs(await countFollows(clickhouse, query.viewerDid), query.windowMs);
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

function firstSpanMs(follows: number, windowMs: number): number {
  if (follows === 0) return 0;
  return follows >= 1_000 ? 2 * HOUR_MS : follows >= 100 ? 12 * HOUR_MS : windowMs;
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

async function readPosts(clickhouse: ClickHouse, query: FollowedQuery, stretch: Stretch): Promise<Read> {
  const sql = `
SELECT ${SELECT_FOUND}
FROM post_rows FINAL
WHERE ${allOf(followedPostRules(query))}
ORDER BY sort_at DESC, uri ASC
LIMIT {limit:UInt32}`;
  const posts = await clickhouse.query(sql, shape<FoundPost>(FOUND), paramsOf(query, stretch));
  const events = posts.map((post) => ({ ...post, by: post.did, atMs: post.sortAtMs, repostUri: '' }));
  return { events, readBackToMs: readBackTo(posts.length, events.at(-1)?.atMs, stretch) };
}

const REPOST = shape({ by: string, subjectUri: string, atMs: int64, repostUri: string });

async function readReposts(clickhouse: ClickHouse, query: FollowedQuery, stretch: Stretch): Promise<Read> {
  const sql = `
SELECT repo AS by, toString(subject) AS subject_uri, ${RECORD_SORT_AT_MS} AS at_ms,
    concat('at://', repo, '/app.bsky.feed.repost/', ${RECORD_RKEY}) AS repost_uri
FROM record_rows FINAL
WHERE ${IS_FOLLOWED_REPOST}
ORDER BY at_ms DESC, repost_uri ASC
LIMIT {limit:UInt32}`;
  const reposts = await clickhouse.query(sql, REPOST, paramsOf(query, stretch));
  const posts = await repostedPosts(clickhouse, query, new Set(reposts.map(({ subjectUri }) => subjectUri)));
  const events = reposts.flatMap(({ subjectUri, ...repost }) => {
    const post = posts.get(subjectUri);
    return post === undefined ? [] : [{ ...post, ...repost }];
  });
  return { events, readBackToMs: readBackTo(reposts.length, reposts.at(-1)?.atMs, stretch) };
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
