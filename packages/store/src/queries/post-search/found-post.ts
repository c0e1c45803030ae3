import type { QueryParams } from '../../clickhouse/types.ts';

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
  /** Whether it has the query's words as they are spelled, not only with other accents; only where posts are sorted by it. */
  readonly isSpelled: boolean | undefined;
}

export const RAW_COLUMNS = 'did, rkey, sort_at, text, langs, tags, has_embedded_media, parent_uri, root_uri, quote_uri';
/** A RawPost of post_rows. */
export const COLUMNS = `did, rkey, toUnixTimestamp64Milli(sort_at) + 0.0 AS sort_at_ms, text, langs, tags, has_embedded_media, parent_uri, root_uri, quote_uri`;

/** The condition that a post comes after the place bound as `after`. */
export const isAfter = `(sort_at, did, rkey) < (${placeSql('after')})`;

/** The three values of a place that is bound under this name. */
export function placeSql(name: 'after' | 'last'): string {
  return `fromUnixTimestamp64Milli({${name}Ms:Int64}, 'UTC'), {${name}Did:String}, {${name}Rkey:String}`;
}

export function placeParams(name: 'after' | 'last', place: PostPlace | undefined): QueryParams {
  return place === undefined
    ? {}
    : { [`${name}Ms`]: place.sortAtMs, [`${name}Did`]: place.did, [`${name}Rkey`]: place.rkey };
}

/** The condition that a post is sorted from `fromMs` on and before `toMs`, in milliseconds since 1970. */
export const isInTime = `sort_at >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
    AND sort_at < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')`;

/** The order of the SQL: DIDs and keys are ASCII, which both compare alike. */
export function newestFirst(a: FoundPost, b: FoundPost): number {
  if (a.sortAtMs !== b.sortAtMs) return b.sortAtMs - a.sortAtMs;
  if (a.did !== b.did) return a.did < b.did ? 1 : -1;
  return a.rkey < b.rkey ? 1 : -1;
}

export interface RawPost {
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
  is_spelled?: number;
}

export function fromRaw(row: RawPost): FoundPost {
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
    isSpelled: row.is_spelled === undefined ? undefined : row.is_spelled === 1,
  };
}

/** How long a search may take. */
export const SEARCH_TIMEOUT_MS = 10_000;
