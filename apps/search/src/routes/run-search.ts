import { type PostQuery, parsePostQuery, QuerySyntaxError } from '@updraft/atproto';
import { InvalidRequestError, type NamedErrorClass } from '@updraft/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SearchContext } from '../context.ts';
import { parseCursor, type SearchCursor } from '../query/search-cursor.ts';
import { type SearchPage, type SearchRequest, searchPosts } from '../query/search-posts.ts';
import { whileWaitedFor } from './caller-signal.ts';
import { takeTurn } from './take-turn.ts';

/** The parsed query. @throws SyntaxFault with the place of the fault */
export function readQuery(q: string, SyntaxFault: NamedErrorClass): PostQuery {
  try {
    return parsePostQuery(q);
  } catch (error) {
    if (error instanceof QuerySyntaxError) throw new SyntaxFault(error.message, { cause: error });
    throw error;
  }
}

/** @throws InvalidRequestError */
export function readCursor(cursor: string | undefined): SearchCursor | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  const parsed = parseCursor(cursor);
  if (parsed === undefined) throw new InvalidRequestError('cursor: expected one that a page gave');
  return parsed;
}

/** Runs a search within the limits of its caller and of a search, and measures it. It ends when the caller leaves. */
export function runSearch(
  context: SearchContext,
  request: FastifyRequest,
  reply: FastifyReply,
  search: Omit<SearchRequest, 'nowMs'>,
): Promise<SearchPage> {
  const { likeCounts, metrics } = context;
  return takeTurn(context, request, reply, {
    what: 'this search',
    advice: 'bound its time with since: and until:, or add a rarer word',
    onEnd: (outcome) => metrics.searches.inc({ outcome }),
    run: async (reader, signal) => {
      const stopTimer = metrics.searchSeconds.startTimer();
      const counts = () => whileWaitedFor(likeCounts(), signal);
      const found = await searchPosts(reader, counts, { ...search, nowMs: Date.now() });
      stopTimer();
      return found;
    },
  });
}
