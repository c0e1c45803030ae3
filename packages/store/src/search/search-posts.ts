import { BACKDATED_TOKEN, backdatedToken } from '@updraft/atproto';
import type { ClickHouse, QueryParams } from '../clickhouse/types.ts';
import { isVisible } from '../feeds/fragments.ts';

/** Words that stand side by side in this order, and marks; all of it holds for a post. See postTokens() of @updraft/atproto. */
export interface TokenTerm {
  readonly phrases: readonly (readonly string[])[];
  readonly marks: readonly string[];
}

export interface PostFilter {
  readonly include: readonly TokenTerm[];
  readonly exclude: readonly TokenTerm[];
  /** DID; undefined for all. */
  readonly author: string | undefined;
  /** DIDs. */
  readonly excludedAuthors: readonly string[];
}

/** The place of a post in the order of an answer; ties of the number or the time go by DID and rkey, descending. */
export interface PostPlace {
  readonly sortAtMs: number;
  readonly did: string;
  readonly rkey: string;
}

export interface FoundPost extends PostPlace {
  readonly text: string;
  readonly langs: readonly string[];
  readonly tags: readonly string[];
  readonly hasEmbeddedMedia: boolean;
  readonly parentUri: string;
  readonly rootUri: string;
  readonly quoteUri: string;
  /** Of the last 24 h; only where posts are sorted by it. */
  readonly numLikes: number | undefined;
}

export interface NewestQuery extends PostFilter {
  /** `sort_at >= fromMs`; 0 for all time. */
  readonly fromMs: number;
  /** `sort_at < toMs`. */
  readonly toMs: number;
  /** Only what comes after this place. */
  readonly after: PostPlace | undefined;
  readonly limit: number;
}

/**
 * Posts of a stretch of time, the newest first. Most stand among the hours around that stretch; those that were backdated
 * stand anywhere later, and are found by the mark of the day that they are sorted into.
 */
export async function newestPosts(clickhouse: ClickHouse, query: NewestQuery): Promise<FoundPost[]> {
  const [near, backdated] = await Promise.all([
    newestAmong(clickhouse, query, 'record_hour <= {lastHour:UInt32}'),
    newestAmong(clickhouse, withBackdatedMark(query), 'record_hour > {lastHour:UInt32}'),
  ]);
  return [...near, ...backdated].toSorted(newestFirst).slice(0, query.limit);
}

async function newestAmong(clickhouse: ClickHouse, query: NewestQuery & AnyMark, hours: string): Promise<FoundPost[]> {
  const { fromMs, toMs, after, limit } = query;
  const filter = filterSql(query);
  const sql = `
SELECT ${COLUMNS}
FROM posts FINAL
WHERE ${isBetween}
    AND ${hours}
    AND ${filter.conditions.join('\n    AND ')}
    ${after === undefined ? '' : `AND ${isAfter}`}
ORDER BY sort_at DESC, did DESC, rkey DESC
LIMIT {limit:UInt32}`;
  const params = {
    ...filter.params,
    ...betweenParams(fromMs, toMs),
    ...afterParams(after),
    lastHour: lastHourOf(toMs),
    limit,
  };
  return (await clickhouse.query<RawPost>(sql, params, { timeoutMs: SEARCH_TIMEOUT_MS })).map(fromRaw);
}

/** A filter that wants one of these tokens besides. */
interface AnyMark {
  readonly anyOf?: readonly string[];
}

/** The last hour in which a post that is not backdated and sorted before `toMs` may stand. */
function lastHourOf(toMs: number): number {
  return Math.floor((toMs - 1) / HOUR_MS) + 1;
}

/** By day for what people look through; everything backdated for a look through all time. */
function withBackdatedMark(query: NewestQuery): NewestQuery & AnyMark {
  const days: string[] = [];
  for (let day = Math.floor(query.fromMs / DAY_MS); day <= Math.floor((query.toMs - 1) / DAY_MS); day++) {
    if (days.length === MAX_DAY_MARKS) return { ...query, anyOf: [BACKDATED_TOKEN] };
    days.push(backdatedToken(day * DAY_MS));
  }
  return { ...query, anyOf: days };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_DAY_MARKS = 40;

/** The order of the SQL: DIDs and keys are ASCII, which both compare alike. */
function newestFirst(a: FoundPost, b: FoundPost): number {
  if (a.sortAtMs !== b.sortAtMs) return b.sortAtMs - a.sortAtMs;
  if (a.did !== b.did) return a.did < b.did ? 1 : -1;
  return a.rkey < b.rkey ? 1 : -1;
}

export interface MostLikedQuery extends PostFilter {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of post_like_counts. */
  readonly generation: number;
  readonly after: (PostPlace & { readonly numLikes: number }) | undefined;
  readonly limit: number;
}

/** Posts of a stretch of time, those first that got the most likes by this generation of counts. */
export async function mostLikedPosts(clickhouse: ClickHouse, query: MostLikedQuery): Promise<FoundPost[]> {
  const { fromMs, toMs, generation, after, limit } = query;
  const filter = filterSql(query);
  const sql = `
SELECT ${COLUMNS}, toFloat64(num_likes) AS likes
FROM (SELECT uri_key, num_likes FROM post_like_counts WHERE generation = {generation:UInt64}) AS counts
RIGHT JOIN
(
    SELECT ${RAW_COLUMNS}, uri_key
    FROM posts FINAL
    WHERE ${isBetween} AND ${filter.conditions.join(' AND ')}
) AS found USING uri_key
${after === undefined ? '' : `WHERE (num_likes, sort_at, did, rkey) < ({afterLikes:UInt32}, ${AFTER})`}
ORDER BY num_likes DESC, sort_at DESC, did DESC, rkey DESC
LIMIT {limit:UInt32}`;
  const params = { ...filter.params, ...betweenParams(fromMs, toMs), ...afterParams(after), generation, limit };
  const more = { afterLikes: after?.numLikes ?? 0 };
  return (await clickhouse.query<RawPost>(sql, { ...params, ...more }, { timeoutMs: SEARCH_TIMEOUT_MS })).map(fromRaw);
}

const SEARCH_TIMEOUT_MS = 10_000;

const RAW_COLUMNS = 'did, rkey, sort_at, text, langs, tags, has_embedded_media, parent_uri, root_uri, quote_uri';
const COLUMNS = `did, rkey, toUnixTimestamp64Milli(sort_at) + 0.0 AS sort_at_ms, text, langs, tags, has_embedded_media, parent_uri, root_uri, quote_uri`;

/**
 * `sort_at` never exceeds the record's hour, so the hour prunes exactly from below. Posts whose rkey is no TID have hour 0
 * and take part by their `sort_at`.
 */
const isBetween = `(record_hour >= {fromHour:UInt32} OR record_hour = 0)
    AND sort_at >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
    AND sort_at < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
    AND ${isVisible}`;
const AFTER = "fromUnixTimestamp64Milli({afterMs:Int64}, 'UTC'), {afterDid:String}, {afterRkey:String}";
const isAfter = `(sort_at, did, rkey) < (${AFTER})`;

function betweenParams(fromMs: number, toMs: number): QueryParams {
  return { fromHour: Math.max(0, Math.floor(fromMs / 3_600_000)), fromMs, toMs };
}

function afterParams(after: PostPlace | undefined): QueryParams {
  return after === undefined ? {} : { afterMs: after.sortAtMs, afterDid: after.did, afterRkey: after.rkey };
}

/**
 * Conditions on a post's tokens and author. The text index answers hasAll, and neighbours are looked at in what is left. Not
 * hasAllTokens: without the index that one splits the tokens again, and answers differently.
 */
function filterSql(filter: PostFilter & AnyMark): { conditions: string[]; params: Record<string, unknown> } {
  const conditions: string[] = [];
  const params: Record<string, unknown> = {};
  const bind = (value: string | readonly string[], type: string) => {
    const name = `p${Object.keys(params).length}`;
    params[name] = value;
    return `{${name}:${type}}`;
  };
  const tokens = [...new Set(filter.include.flatMap(tokensOf))];
  if (tokens.length > 0) conditions.push(`hasAll(tokens, ${bind(tokens, 'Array(String)')})`);
  if (filter.anyOf !== undefined) conditions.push(`hasAny(tokens, ${bind(filter.anyOf, 'Array(String)')})`);
  for (const phrase of filter.include.flatMap(longPhrases)) {
    conditions.push(`hasSubstr(tokens, ${bind(phrase, 'Array(String)')})`);
  }
  for (const term of filter.exclude) {
    const has = [`hasAll(tokens, ${bind(tokensOf(term), 'Array(String)')})`];
    for (const phrase of longPhrases(term)) has.push(`hasSubstr(tokens, ${bind(phrase, 'Array(String)')})`);
    conditions.push(`NOT (${has.join(' AND ')})`);
  }
  if (filter.author !== undefined) conditions.push(`did = ${bind(filter.author, 'String')}`);
  if (filter.excludedAuthors.length > 0) conditions.push(`did NOT IN ${bind(filter.excludedAuthors, 'Array(String)')}`);
  if (conditions.length === 0) conditions.push('1');
  return { conditions, params };
}

function tokensOf(term: TokenTerm): string[] {
  return [...new Set([...term.phrases.flat(), ...term.marks])];
}

function longPhrases(term: TokenTerm): (readonly string[])[] {
  return term.phrases.filter((phrase) => phrase.length > 1);
}

interface RawPost {
  did: string;
  rkey: string;
  sort_at_ms: number;
  text: string;
  langs: string[];
  tags: string[];
  has_embedded_media: number;
  parent_uri: string;
  root_uri: string;
  quote_uri: string;
  likes?: number;
}

function fromRaw(row: RawPost): FoundPost {
  return {
    did: row.did,
    rkey: row.rkey,
    sortAtMs: row.sort_at_ms,
    text: row.text,
    langs: row.langs,
    tags: row.tags,
    hasEmbeddedMedia: row.has_embedded_media === 1,
    parentUri: row.parent_uri,
    rootUri: row.root_uri,
    quoteUri: row.quote_uri,
    numLikes: row.likes,
  };
}
