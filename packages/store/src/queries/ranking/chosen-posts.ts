import type { ClickHouse } from '../../clickhouse/types.ts';
import { int64, string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { givenPosts } from '../../tables/post-rows.ts';
import { createShares, type FeedFilter, type KeepPosts, keptOf, type PostRule, windowParams } from '../fragments.ts';
import { allOf, filterParams, filterRules, IN_WINDOW, type PostQuery } from '../post-rules.ts';
import { newestFirst } from './ranking.ts';

export interface ChosenPostsQuery extends FeedFilter {
  /** The posts to choose from, each once. */
  readonly uris: readonly string[];
  readonly order: 'newest' | 'as given';
  readonly asOfMs: number;
  readonly windowMs: number;
  readonly perAuthor?: number | undefined;
  readonly size: number;
}

/** Those of the posts that show, are within the window and pass the filter. What `keep` leaves out doesn't count toward the size or an author's share. */
export async function chosenPosts(
  clickhouse: ClickHouse,
  query: ChosenPostsQuery,
  keep?: KeepPosts,
): Promise<string[]> {
  const found: ChosenPost[] = [];
  for (let start = 0; start < query.uris.length; start += POSTS_PER_QUERY)
    found.push(...(await readPosts(clickhouse, query, query.uris.slice(start, start + POSTS_PER_QUERY))));
  const kept = await keptOf(inOrder(found, query), keep);
  return kept
    .filter(createShares(query.perAuthor))
    .slice(0, query.size)
    .map(({ uri }) => uri);
}

/** Posts that one query looks up. */
const POSTS_PER_QUERY = 50_000;

interface ChosenPost {
  readonly uri: string;
  readonly did: string;
  readonly rowVersion: string;
  readonly sortAtMs: number;
}

const CHOSEN_POST = shape<ChosenPost>({ uri: string, did: string, rowVersion: string, sortAtMs: int64 });

function readPosts(clickhouse: ClickHouse, query: ChosenPostsQuery, uris: readonly string[]): Promise<ChosenPost[]> {
  const sql = `
SELECT uri, did, toString(version) AS row_version, toUnixTimestamp64Milli(sort_at) AS sort_at_ms
FROM post_rows FINAL
WHERE (record_hour, did, rkey) IN given_posts
    AND ${allOf(rulesOf(query))}`;
  return clickhouse.query(sql, CHOSEN_POST, paramsOf(query), { lists: [givenPosts(uris)] });
}

/** What chosenPosts() selects, and in which order. */
export function chosenPostQuery(query: ChosenPostsQuery): PostQuery {
  return {
    rules: rulesOf(query),
    params: paramsOf(query),
    perAuthor: query.perAuthor,
    among: new Set(query.uris),
    order: async (posts) => inOrder(posts, query).map((post) => ({ post, hasEnough: true })),
  };
}

function rulesOf(query: ChosenPostsQuery): PostRule[] {
  return [IN_WINDOW, ...filterRules(query)];
}

function paramsOf(query: ChosenPostsQuery) {
  return { ...windowParams(query.asOfMs - query.windowMs, query.asOfMs), ...filterParams(query) };
}

function inOrder<T extends ChosenPost>(posts: readonly T[], { uris, order }: ChosenPostsQuery): T[] {
  if (order === 'newest') return posts.toSorted(newestFirst);
  const places = new Map(uris.map((uri, place) => [uri, place]));
  return posts.toSorted((a, b) => (places.get(a.uri) ?? 0) - (places.get(b.uri) ?? 0));
}
