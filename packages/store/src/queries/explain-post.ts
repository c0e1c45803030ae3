import { quoteText } from '../clickhouse/quote.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { arrayOfStrings, bool, int64, string, uint64 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { keysOf, postList } from '../tables/post-rows.ts';
import { type KeepPosts, keptOf, type PostRule } from './fragments.ts';
import { allOf, type PostQuery } from './post-rules.ts';
import type { FoundPost, ScoreParts } from './ranking/ranking.ts';

export interface ExplainOptions {
  /** As the feed's build asks it. */
  readonly keep?: KeepPosts | undefined;
  /** The last post of a build that is full: what comes after it has no place. */
  readonly lastUri?: string | undefined;
}

/** What a feed's query says of one post. */
export interface ExplainedPost {
  /** `absent`: nothing is known of it; `deleted`: it was there. */
  readonly state: 'absent' | 'deleted' | 'there';
  readonly facts?: PostFacts;
  /** Names of the query's rules that the post breaks. */
  readonly broken: readonly string[];
  readonly isKept: boolean;
  readonly score?: ScoreParts;
  /** Whether its likes suffice. */
  readonly hasEnough: boolean;
  /** Its place among those of its author's posts that the query takes, from 1; only where an author has a share, and the query takes the post. */
  readonly placeOfAuthor?: number;
  /** Whether it comes after the last post of the full build. */
  readonly isBehindLast: boolean;
}

export interface PostFacts extends FoundPost {
  readonly langs: readonly string[];
  readonly parentUri: string;
  readonly hasEmbeddedMedia: boolean;
}

/** Posts of one author in a window that are looked at. */
const MAX_OF_AUTHOR = 10_000;

/** Asks each rule of a query about one post, and puts it in order beside its author's posts and the build's last one. Costs a few look-ups by key. */
export async function explainPost(
  clickhouse: ClickHouse,
  query: PostQuery,
  uri: string,
  { keep, lastUri }: ExplainOptions,
): Promise<ExplainedPost> {
  const found = await examine(clickhouse, query, lastUri === undefined ? [uri] : [uri, lastUri]);
  const [post, last] = [found.get(uri), lastUri === undefined ? undefined : found.get(lastUri)];
  if (post === undefined) return { ...NOTHING, state: (await wasThere(clickhouse, uri)) ? 'deleted' : 'absent' };
  const { broken, ...facts } = post;
  const others = query.perAuthor === undefined || broken.length > 0 ? [] : await ofAuthor(clickhouse, query, facts);
  const kept = new Set((await keptOf([facts, ...others], keep)).map((one) => one.uri));
  const rivals = others.filter((other) => kept.has(other.uri));
  const posts = new Map([...rivals, ...(last === undefined ? [] : [last]), facts].map((one) => [one.uri, one]));
  const ordered = await query.order([...posts.values()]);
  const place = (of: string | undefined) => ordered.findIndex((one) => one.post.uri === of);
  const { hasEnough = false, score } = ordered[place(uri)] ?? {};
  const isTaken = broken.length === 0 && kept.has(uri) && hasEnough;
  const counted = ordered.filter((one) => one.hasEnough && (one.post.uri === uri || rivals.includes(one.post)));
  return {
    state: 'there',
    facts,
    broken,
    isKept: kept.has(uri),
    hasEnough,
    ...(score !== undefined && { score }),
    ...(isTaken && query.perAuthor !== undefined && { placeOfAuthor: indexOf(counted, uri) + 1 }),
    isBehindLast: last !== undefined && place(uri) > place(lastUri),
  };
}

const NOTHING = { broken: [], isKept: false, hasEnough: false, isBehindLast: false };

function indexOf(ordered: readonly { readonly post: FoundPost }[], uri: string): number {
  return ordered.findIndex(({ post }) => post.uri === uri);
}

const FOUND = { key: string, did: string, uri: string, rowVersion: string, sortAtMs: int64 };
const SELECT_FOUND =
  'toString(uri_key) AS key, did, uri, toString(version) AS row_version, toUnixTimestamp64Milli(sort_at) AS sort_at_ms';
const EXAMINED = shape({
  ...FOUND,
  langs: arrayOfStrings,
  parentUri: string,
  hasEmbeddedMedia: bool,
  broken: arrayOfStrings,
});

async function examine(clickhouse: ClickHouse, { rules, params }: PostQuery, uris: readonly string[]) {
  const keys = keysOf(uris);
  if (keys.length === 0) return new Map<string, never>();
  const sql = `
SELECT ${SELECT_FOUND}, langs, parent_uri, has_embedded_media, ${brokenOf(rules)} AS broken
FROM post_rows FINAL
WHERE (record_hour, did, rkey) IN given_posts`;
  const rows = await clickhouse.query(sql, EXAMINED, params, { lists: [postList(keys)] });
  return new Map(rows.map((row) => [row.uri, row]));
}

/** The names of the rules that a row breaks, as SQL. */
function brokenOf(rules: readonly PostRule[]): string {
  const names = rules.map(({ name, sql }) => `if(${sql}, '', ${quoteText(name)})`);
  return `arrayFilter(name -> name != '', CAST([${names.join(', ')}] AS Array(String)))`;
}

/** The author's other posts that keep the rules. */
async function ofAuthor(clickhouse: ClickHouse, query: PostQuery, { did, uri }: FoundPost): Promise<FoundPost[]> {
  const sql = `
SELECT ${SELECT_FOUND}
FROM post_rows FINAL
WHERE did = {author:String} AND ${allOf(query.rules)}
LIMIT ${MAX_OF_AUTHOR}`;
  const rows = await clickhouse.query(sql, shape(FOUND), { ...query.params, author: did });
  return rows.filter((row) => row.uri !== uri && (query.among?.has(row.uri) ?? true));
}

async function wasThere(clickhouse: ClickHouse, uri: string): Promise<boolean> {
  const keys = keysOf([uri]);
  if (keys.length === 0) return false;
  const sql = 'SELECT count() AS rows FROM post_rows WHERE (record_hour, did, rkey) IN given_posts';
  const [found] = await clickhouse.query(sql, shape({ rows: uint64 }), {}, { lists: [postList(keys)] });
  return found !== undefined && found.rows > 0;
}
