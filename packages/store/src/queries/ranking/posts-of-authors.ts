import type { ClickHouse } from '../../clickhouse/types.ts';
import { string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { type Authors, authorsParams, isByAuthors } from '../authors.ts';
import { createShares, type FeedFilter, type KeepPosts, keptOf, type PostRule, windowParams } from '../fragments.ts';
import { allOf, filterParams, filterRules, IN_WINDOW, type PostQuery } from '../post-rules.ts';
import { newestFirst } from './ranking.ts';

export interface AuthorsPostsQuery extends FeedFilter {
  readonly authors: Authors;
  readonly asOfMs: number;
  readonly windowMs: number;
  readonly perAuthor?: number | undefined;
  readonly size: number;
}

/** Uris of the posts of these authors within the window, newest first. What `keep` leaves out doesn't count toward the size or an author's share. */
export async function postsOfAuthors(
  clickhouse: ClickHouse,
  query: AuthorsPostsQuery,
  keep?: KeepPosts,
): Promise<string[]> {
  if (keep === undefined)
    return (await readPosts(clickhouse, query, query.size, query.perAuthor)).map(({ uri }) => uri);
  for (let limit = Math.ceil(query.size * 1.25) + 100; ; limit *= 2) {
    const found = await readPosts(clickhouse, query, limit, undefined);
    const shown = (await keptOf(found, keep)).filter(createShares(query.perAuthor)).slice(0, query.size);
    if (found.length < limit || shown.length === query.size) return shown.map(({ uri }) => uri);
  }
}

interface AuthorsPost {
  readonly uri: string;
  readonly did: string;
  readonly rowVersion: string;
}

const AUTHORS_POST = shape<AuthorsPost>({ uri: string, did: string, rowVersion: string });

function readPosts(
  clickhouse: ClickHouse,
  query: AuthorsPostsQuery,
  limit: number,
  perAuthor: number | undefined,
): Promise<AuthorsPost[]> {
  const sql = `
SELECT uri, did, toString(version) AS row_version
FROM post_rows FINAL
WHERE ${allOf(rulesOf(query))}
ORDER BY sort_at DESC, uri ASC
${perAuthor === undefined ? '' : 'LIMIT {perAuthor:UInt32} BY did'}
LIMIT {limit:UInt32}`;
  return clickhouse.query(sql, AUTHORS_POST, { ...paramsOf(query), perAuthor: perAuthor ?? 0, limit });
}

/** What postsOfAuthors() selects, and in which order. */
export function authorsPostQuery(query: AuthorsPostsQuery): PostQuery {
  return {
    rules: rulesOf(query),
    params: paramsOf(query),
    perAuthor: query.perAuthor,
    order: async (posts) => posts.toSorted(newestFirst).map((post) => ({ post, hasEnough: true })),
  };
}

function rulesOf(query: AuthorsPostsQuery): PostRule[] {
  return [IN_WINDOW, isByAuthors(query.authors), ...filterRules(query)];
}

function paramsOf(query: AuthorsPostsQuery) {
  return {
    ...windowParams(query.asOfMs - query.windowMs, query.asOfMs),
    ...authorsParams(query.authors),
    ...filterParams(query),
  };
}
