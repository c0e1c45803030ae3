import type { ClickHouse } from '../../clickhouse/types.ts';
import { createShares, type FeedFilter, filterParams, type KeepPosts, keptOf, postConditions } from '../fragments.ts';
import { type PostPlace, uriOf } from '../post-search/found-post.ts';
import { newestPosts } from '../post-search/newest-posts.ts';
import { type PostSearch, searchConditions } from '../post-search/search-conditions.ts';
import type { SearchSelect } from '../post-search/search-select.ts';
import { postsOfAuthors } from './posts-of-authors.ts';

export interface MatchingPostsQuery extends Omit<FeedFilter, 'also'> {
  readonly search: PostSearch;
  readonly asOfMs: number;
  readonly windowMs: number;
  readonly perAuthor?: number | undefined;
  readonly size: number;
}

/** Uris of the posts that a search finds, newest first. What `keep` leaves out doesn't count toward the size or an author's share. */
export function matchingPosts(clickhouse: ClickHouse, query: MatchingPostsQuery, keep?: KeepPosts): Promise<string[]> {
  const { authors, ...search } = query.search;
  if (authors === undefined) return readFromIndex(clickhouse, query, keep);
  return postsOfAuthors(clickhouse, { ...query, authors, also: searchConditions(search) }, keep);
}

async function readFromIndex(clickhouse: ClickHouse, query: MatchingPostsQuery, keep?: KeepPosts): Promise<string[]> {
  const { asOfMs, windowMs, size, search } = query;
  const also = searchConditions({ ...search, filter: ANY });
  const filter = {
    ...search.filter,
    also: {
      conditions: [HAS_TIME, postConditions(query), ...also.conditions],
      params: { ...filterParams(query), ...also.params },
    },
  };
  const fromMs = asOfMs - windowMs + 1;
  const isInShare = createShares(query.perAuthor);
  const shown: string[] = [];
  let after: PostPlace | undefined;
  let toMs = asOfMs + 1;
  for (let limit = Math.ceil(size * 1.25) + 100; ; limit = Math.min(limit * 2, MAX_POSTS)) {
    const found = await newestPosts(clickhouse, { ...filter, fromMs, toMs, after, limit }, selectFor(clickhouse));
    const posts = found.map((post) => ({ ...post, uri: uriOf(post) }));
    for (const post of await keptOf(posts, keep)) if (isInShare(post)) shown.push(post.uri);
    after = found.at(-1);
    if (after === undefined || found.length < limit || shown.length >= size) return shown.slice(0, size);
    toMs = after.sortAtMs + 1;
  }
}

const ANY = { include: [], exclude: [], author: undefined, excludedAuthors: [] };
/** Posts without a time in their keys are in no feed. */
const HAS_TIME = 'record_hour > 0';
/** Of one question. */
const MAX_POSTS = 50_000;

/** A build goes on at its own priority, and may take longer than a person waits for a search. */
function selectFor(clickhouse: ClickHouse): SearchSelect {
  return (sql, shape, params, options) => clickhouse.query(sql, shape, params, { ...options, timeoutMs: 60_000 });
}
