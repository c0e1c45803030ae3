import type { PostQuery } from '@updraft/atproto';
import { InvalidRequestError } from '@updraft/service';
import {
  type ClickHouse,
  type FoundPost,
  isGenerationKept,
  mostLikedPosts,
  newestPosts,
  queryFilter,
  type SearchFilter,
} from '@updraft/store';
import { DAY_MS } from '../days.ts';
import type { SearchCursor } from './search-cursor.ts';
import { type ReadPosts, recommendable, shownPosts, withoutHidden } from './shown-posts.ts';

export interface SearchRequest {
  readonly query: PostQuery;
  readonly sort: 'latest' | 'top';
  readonly limit: number;
  readonly cursor: SearchCursor | undefined;
  /** The DID that `me` stands for. */
  readonly viewer: string | undefined;
  readonly nowMs: number;
}

export interface SearchPage {
  readonly posts: readonly FoundPost[];
  /** Undefined at the end. */
  readonly cursor: SearchCursor | undefined;
}

/** Gives the newest generation of like counts, and counts again when it is too old. */
export type LatestLikeCounts = () => Promise<number>;

/** A page of posts that match. @throws InvalidRequestError for a cursor whose counts are gone */
export async function searchPosts(
  clickhouse: ClickHouse,
  likeCounts: LatestLikeCounts,
  request: SearchRequest,
): Promise<SearchPage> {
  const filter = await queryFilter(clickhouse, request.query, request.viewer);
  if (filter === undefined) return NOTHING;
  return request.sort === 'top'
    ? topPage(clickhouse, likeCounts, request, filter)
    : newestPage(clickhouse, request, filter);
}

const NOTHING: SearchPage = { posts: [], cursor: undefined };

async function newestPage(clickhouse: ClickHouse, request: SearchRequest, filter: SearchFilter): Promise<SearchPage> {
  const { query, cursor, limit, nowMs } = request;
  const fromMs = Math.max(0, query.sinceMs ?? 0);
  const toMs = Math.min(
    query.untilMs ?? Number.POSITIVE_INFINITY,
    nowMs + 1,
    cursor === undefined ? Number.POSITIVE_INFINITY : cursor.sortAtMs + 1,
  );
  const read: ReadPosts = (after, count) =>
    newestPosts(clickhouse, {
      ...filter,
      fromMs,
      toMs: after === undefined ? toMs : Math.min(toMs, after.sortAtMs + 1),
      after,
      limit: count,
    });
  const posts = await shownPosts({ read, keep: withoutHidden(clickhouse, nowMs), after: cursor, count: limit + 1 });
  return toPage(posts, limit, (last) => ({ sortAtMs: last.sortAtMs, did: last.did, rkey: last.rkey }));
}

/**
 * Posts of the last 24 hours by their likes, those with the words as they are spelled first. All pages use the counts and the
 * hours of the first one.
 */
async function topPage(
  clickhouse: ClickHouse,
  likeCounts: LatestLikeCounts,
  request: SearchRequest,
  filter: SearchFilter,
): Promise<SearchPage> {
  const { query, cursor, limit, nowMs } = request;
  const generation = cursor?.generation ?? (await likeCounts());
  if (cursor !== undefined && !(await isGenerationKept(clickhouse, generation, nowMs))) {
    throw new InvalidRequestError('cursor: it is too old; begin again without one');
  }
  const asOfMs = Math.min(cursor?.toMs ?? nowMs, nowMs);
  const fromMs = Math.max(query.sinceMs ?? 0, asOfMs - DAY_MS);
  const toMs = Math.min(query.untilMs ?? Number.POSITIVE_INFINITY, asOfMs + 1);
  if (fromMs >= toMs) return NOTHING;
  const read: ReadPosts = (after, count) => {
    const place = after && { ...after, numLikes: after.numLikes ?? 0, isSpelled: after.isSpelled ?? true };
    return mostLikedPosts(clickhouse, { ...filter, fromMs, toMs, generation, after: place, limit: count });
  };
  const keep = recommendable(clickhouse, nowMs);
  const posts = await shownPosts({ read, keep, after: cursor, count: limit + 1 });
  return toPage(posts, limit, ({ sortAtMs, did, rkey, numLikes = 0, isSpelled }) => ({
    sortAtMs,
    did,
    rkey,
    numLikes,
    isSpelled,
    generation,
    toMs: asOfMs,
  }));
}

function toPage(posts: readonly FoundPost[], limit: number, cursorOf: (last: FoundPost) => SearchCursor): SearchPage {
  const page = posts.slice(0, limit);
  const last = page.at(-1);
  return { posts: page, cursor: posts.length > limit && last !== undefined ? cursorOf(last) : undefined };
}
