import type { QueryParams } from '../../clickhouse/types.ts';
import { string } from '../../row-binary/codecs.ts';
import { pick } from '../../row-binary/table.ts';
import { type PostRow, postRows } from '../../tables/post-rows.ts';

/** A post's place in the order of an answer. Equal numbers or times are ordered by DID and rkey, descending. */
export interface PostPlace {
  readonly sortAtMs: number;
  readonly did: string;
  readonly rkey: string;
}

export interface FoundPost
  extends PostPlace,
    Pick<PostRow, 'text' | 'langs' | 'tags' | 'hasEmbeddedMedia' | 'parentUri' | 'rootUri' | 'quoteUri'> {
  /** The version of its row, as text. */
  readonly rowVersion: string;
  /** Of the last 24 h; only where posts are sorted by it. */
  readonly numLikes?: number;
  /** Whether it has the query's words with the query's own accents; only where posts are sorted by it. */
  readonly isSpelled?: boolean;
}

export const RAW_COLUMNS =
  'did, rkey, sort_at, text, langs, tags, has_embedded_media, parent_uri, root_uri, quote_uri, version';
/** Of post_rows. */
export const COLUMNS = `did, rkey, sort_at AS sort_at_ms, text, langs, tags, has_embedded_media, parent_uri, root_uri, quote_uri,
    toString(version) AS row_version`;

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
export function newestFirst(a: PostPlace, b: PostPlace): number {
  if (a.sortAtMs !== b.sortAtMs) return b.sortAtMs - a.sortAtMs;
  if (a.did !== b.did) return a.did < b.did ? 1 : -1;
  return a.rkey < b.rkey ? 1 : -1;
}

/** What COLUMNS are read as. */
export const FOUND_POST = {
  ...pick(postRows, 'did', 'rkey'),
  sortAtMs: postRows.codecs.sortAt,
  ...pick(postRows, 'text', 'langs', 'tags', 'hasEmbeddedMedia', 'parentUri', 'rootUri', 'quoteUri'),
  rowVersion: string,
};

export function uriOf({ did, rkey }: Pick<PostPlace, 'did' | 'rkey'>): string {
  return `at://${did}/app.bsky.feed.post/${rkey}`;
}

/** How long a search may take. */
export const SEARCH_TIMEOUT_MS = 10_000;
