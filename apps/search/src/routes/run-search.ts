import { type PostQuery, parsePostQuery, QuerySyntaxError } from '@updraft/atproto';
import {
  callerKey,
  InvalidRequestError,
  LimitError,
  type NamedErrorClass,
  NotEnoughResourcesError,
} from '@updraft/service';
import { OverBudgetError, SEARCH_BUDGET, TimeoutError, withCallOptions } from '@updraft/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SearchContext } from '../context.ts';
import { parseCursor, type SearchCursor } from '../query/search-cursor.ts';
import { type SearchPage, type SearchRequest, searchPosts } from '../query/search-posts.ts';
import { callerSignal, whileWaitedFor } from './caller-signal.ts';

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
export async function runSearch(
  { clickhouse, likeCounts, metrics, searchLimit, searchTurns }: SearchContext,
  request: FastifyRequest,
  reply: FastifyReply,
  search: Omit<SearchRequest, 'nowMs'>,
): Promise<SearchPage> {
  const caller = callerKey(request.ip);
  const signal = callerSignal(reply, HANDLER_TIMEOUT_MS);
  try {
    if (!searchLimit.take(caller)) throw new LimitError('caller', 'ten searches a second are allowed', 1);
    const reader = withCallOptions(clickhouse, { settings: SEARCH_BUDGET, signal });
    const run = async () => {
      const stopTimer = metrics.searchSeconds.startTimer();
      const counts = () => whileWaitedFor(likeCounts(), signal);
      const found = await searchPosts(reader, counts, { ...search, nowMs: Date.now() });
      stopTimer();
      return found;
    };
    const page = await searchTurns.run(caller, run, signal);
    metrics.searches.inc({ outcome: 'found' });
    return page;
  } catch (error) {
    metrics.searches.inc({ outcome: outcomeOf(error) });
    throw toAnswer(error);
  }
}

const HANDLER_TIMEOUT_MS = 30_000;

function outcomeOf(error: unknown): string {
  if (error instanceof LimitError) return error.whose === 'caller' ? 'limited' : 'crowded';
  return error instanceof OverBudgetError || error instanceof TimeoutError ? 'too_long' : 'failed';
}

function toAnswer(error: unknown): unknown {
  const advice = 'bound its time with since: and until:, or add a rarer word';
  if (error instanceof OverBudgetError)
    return new InvalidRequestError(`this search reads too much: ${advice}`, { cause: error });
  if (!(error instanceof TimeoutError)) return error;
  return new NotEnoughResourcesError(`this search takes too long: ${advice}`, { retryAfterS: 60, cause: error });
}
