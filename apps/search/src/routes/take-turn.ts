import { callerKey, InvalidRequestError, LimitError, NotEnoughResourcesError } from '@updraft/service';
import { type ClickHouse, OverBudgetError, SEARCH_BUDGET, TimeoutError, withCallOptions } from '@updraft/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SearchContext } from '../context.ts';
import { callerSignal } from './caller-signal.ts';

export type TurnOutcome = 'found' | 'limited' | 'crowded' | 'too_long' | 'failed';

export interface TurnWork<T> {
  /** What it is, for its caller: 'this search'. */
  readonly what: string;
  /** How to ask for less. */
  readonly advice: string;
  readonly onEnd: (outcome: TurnOutcome) => void;
  /** Its statements are within the budget of a search, and end when the caller leaves. */
  readonly run: (clickhouse: ClickHouse, signal: AbortSignal) => Promise<T>;
}

/** Does what a caller asks of the tables, within the limits of the caller and of all. */
export async function takeTurn<T>(
  { clickhouse, searchLimit, searchTurns }: SearchContext,
  request: FastifyRequest,
  reply: FastifyReply,
  work: TurnWork<T>,
): Promise<T> {
  const caller = callerKey(request.ip);
  const signal = callerSignal(reply, HANDLER_TIMEOUT_MS);
  try {
    if (!searchLimit.take(caller)) throw new LimitError('caller', 'ten searches a second are allowed', 1);
    const reader = withCallOptions(clickhouse, { settings: SEARCH_BUDGET, signal });
    const result = await searchTurns.run(caller, () => work.run(reader, signal), signal);
    work.onEnd('found');
    return result;
  } catch (error) {
    work.onEnd(outcomeOf(error));
    throw toAnswer(error, work);
  }
}

const HANDLER_TIMEOUT_MS = 30_000;

function outcomeOf(error: unknown): TurnOutcome {
  if (error instanceof LimitError) return error.whose === 'caller' ? 'limited' : 'crowded';
  return error instanceof OverBudgetError || error instanceof TimeoutError ? 'too_long' : 'failed';
}

function toAnswer(error: unknown, { what, advice }: Pick<TurnWork<unknown>, 'what' | 'advice'>): unknown {
  if (error instanceof OverBudgetError)
    return new InvalidRequestError(`${what} reads too much: ${advice}`, { cause: error });
  if (!(error instanceof TimeoutError)) return error;
  return new NotEnoughResourcesError(`${what} takes too long: ${advice}`, { retryAfterS: 60, cause: error });
}
