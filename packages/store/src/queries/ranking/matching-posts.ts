import type { ClickHouse } from '../../clickhouse/types.ts';
import { createShares, type FeedFilter, type KeepPosts, keptOf, windowParams } from '../fragments.ts';
import { filterParams, filterRules, IN_WINDOW, type PostQuery } from '../post-rules.ts';
import { newestFirst, type PostPlace, uriOf } from '../post-search/found-post.ts';
import { newestPosts } from '../post-search/newest-posts.ts';
import { type PostSearch, searchRules } from '../post-search/search-rules.ts';
import type { SearchSelect } from '../post-search/search-select.ts';
import { type AuthorsPostsQuery, authorsPostQuery, postsOfAuthors } from './posts-of-authors.ts';
import type { FoundPost } from './ranking.ts';

export interface MatchingPostsQuery extends Omit<FeedFilter, 'also'> {
  readonly search: PostSearch;
  readonly asOfMs: number;
  readonly windowMs: number;
  readonly perAuthor?: number | undefined;
  readonly size: number;
}

/** Uris of the posts that a search finds, newest first. What `keep` leaves out doesn't count toward the size or an author's share. */
export function matchingPosts(clickhouse: ClickHouse, query: MatchingPostsQuery, keep?: KeepPosts): Promise<string[]> {
  const ofAuthors = authorsQuery(query);
  return ofAuthors === undefined ? readFromIndex(clickhouse, query, keep) : postsOfAuthors(clickhouse, ofAuthors, keep);
}

/** What matchingPosts() selects, and in which order. */
export function matchingPostQuery(query: MatchingPostsQuery): PostQuery {
  const ofAuthors = authorsQuery(query);
  if (ofAuthors !== undefined) return authorsPostQuery(ofAuthors);
  const filter = { ...query, also: searchRules(query.search) };
  return {
    rules: [IN_WINDOW, ...filterRules(filter)],
    params: { ...windowParams(query.asOfMs - query.windowMs, query.asOfMs), ...filterParams(filter) },
    perAuthor: query.perAuthor,
    order: async (posts) =>
      posts.toSorted((a, b) => newestFirst(placeOf(a), placeOf(b))).map((post) => ({ post, hasEnough: true })),
  };
}

function placeOf({ sortAtMs, did, uri }: FoundPost): PostPlace {
  return { sortAtMs, did, rkey: uri.slice(uri.lastIndexOf('/') + 1) };
}

/** A search among accounts is read by them, not from the index. */
function authorsQuery(query: MatchingPostsQuery): AuthorsPostsQuery | undefined {
  const { authors, ...search } = query.search;
  return authors === undefined ? undefined : { ...query, authors, also: searchRules(search) };
}

async function readFromIndex(clickhouse: ClickHouse, query: MatchingPostsQuery, keep?: KeepPosts): Promise<string[]> {
  const { asOfMs, windowMs, size, search } = query;
  const rest = { ...query, also: searchRules({ ...search, filter: ANY }) };
  const filter = {
    ...search.filter,
    also: { rules: [HAS_TIME, ...filterRules(rest)], params: filterParams(rest) },
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
const HAS_TIME = { name: 'time', sql: 'record_hour > 0' };
/** Of one question. */
const MAX_POSTS = 50_000;

/** A build goes on at its own priority, and may take longer than a person waits for a search. */
function selectFor(clickhouse: ClickHouse): SearchSelect {
  return (sql, shape, params, options) => clickhouse.query(sql, shape, params, { ...options, timeoutMs: 60_000 });
}
