import { callerKey, XrpcError } from '@updraft/service';
import { TimeoutError } from '@updraft/store';
import type { FastifyRequest } from 'fastify';
import type { SearchContext } from '../context.ts';
import { parsePostQuery } from '../query/parse-query.ts';
import { type PostQuery, QuerySyntaxError } from '../query/post-query.ts';
import { parseCursor, type SearchCursor } from '../query/search-cursor.ts';
import { type SearchPage, type SearchRequest, searchPosts } from '../query/search-posts.ts';

/** The query understood. @throws XrpcError 400 with the place where it can't be */
export function readQuery(q: string, errorName: string): PostQuery {
  try {
    return parsePostQuery(q);
  } catch (error) {
    if (error instanceof QuerySyntaxError) throw new XrpcError(400, errorName, error.message);
    throw error;
  }
}

/** @throws XrpcError 400 */
export function readCursor(cursor: string | undefined): SearchCursor | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  const parsed = parseCursor(cursor);
  if (parsed === undefined) throw new XrpcError(400, 'InvalidRequest', 'cursor: expected one that a page gave');
  return parsed;
}

/** Runs a search within the caller's limit, measured. */
export async function runSearch(
  { clickhouse, likeCounts, metrics, searchLimit }: SearchContext,
  request: FastifyRequest,
  search: Omit<SearchRequest, 'nowMs'>,
): Promise<SearchPage> {
  if (!searchLimit.take(callerKey(request.ip))) {
    metrics.searches.inc({ outcome: 'limited' });
    throw new XrpcError(429, 'RateLimitExceeded', 'ten searches a second are allowed', { 'retry-after': '1' });
  }
  const stopTimer = metrics.searchSeconds.startTimer();
  try {
    const page = await searchPosts(clickhouse, likeCounts, { ...search, nowMs: Date.now() });
    metrics.searches.inc({ outcome: 'found' });
    stopTimer();
    return page;
  } catch (error) {
    metrics.searches.inc({ outcome: 'failed' });
    if (!(error instanceof TimeoutError)) throw error;
    const message = 'this search takes too long: bound its time with since: and until:, or add a rarer word';
    throw new XrpcError(503, 'NotEnoughResources', message, { 'retry-after': '60' }, { cause: error });
  }
}
