import { Worker } from 'node:worker_threads';
import type { Candidate, Request } from '@updraft/recommender';
import { backoff, type Logger, pause } from '@updraft/service';
import { effortFor } from './effort-for.ts';
import type { GraphMessage, GraphQuestion, GraphState, GraphThreadData } from './messages.ts';

/** The graph of likes, in a thread of its own: what it computes would hold up pages. */
export interface GraphThread {
  /** @throws GraphNotReadyError before the first hour is read, when too many wait, and when the thread is lost meanwhile. */
  recommend(
    request: Omit<Request, 'effort'> & Pick<Partial<Request>, 'effort'>,
    signal: AbortSignal,
  ): Promise<Candidate[]>;
  /** How many wait for an answer. */
  readonly waiting: number;
  /** Undefined before the first hour is read. */
  readonly state: GraphState | undefined;
  /** Keeps the thread alive until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** The graph can't answer now: the caller does without. */
export class GraphNotReadyError extends Error {
  override readonly name = 'GraphNotReadyError';
}

export interface GraphThreadOptions {
  readonly data: GraphThreadData;
  readonly onState: (state: GraphState) => void;
  /** Each time that the thread ends although it should not. */
  readonly onLost: () => void;
  readonly log: Logger;
}

const MAX_WAITING = 256;

interface Asked {
  readonly resolve: (candidates: Candidate[]) => void;
  readonly reject: (error: unknown) => void;
}

export function createGraphThread({ data, onState, onLost, log }: GraphThreadOptions): GraphThread {
  const asked = new Map<number, Asked>();
  let worker: Worker | undefined;
  let state: GraphState | undefined;
  let lastId = 0;

  const take = (message: GraphMessage): void => {
    if ('state' in message) {
      state = message.state;
      if (state.failure !== undefined) log.warn({ failure: state.failure }, 'likes of an hour could not be read');
      onState(state);
      return;
    }
    const waiting = asked.get(message.id);
    asked.delete(message.id);
    if ('error' in message) waiting?.reject(message.error);
    else waiting?.resolve(message.candidates);
  };

  /** Resolves when the thread ends. */
  async function live(signal: AbortSignal): Promise<void> {
    const made = new Worker(new URL('graph-worker.ts', import.meta.url), { workerData: data });
    const ended = Promise.withResolvers<void>();
    made.on('message', take);
    made.once('error', (err) => log.error({ err }, 'the thread of the like graph was lost'));
    made.once('exit', () => ended.resolve());
    worker = made;
    const stop = () => void made.terminate();
    signal.addEventListener('abort', stop, { once: true });
    await ended.promise;
    signal.removeEventListener('abort', stop);
    worker = undefined;
    state = undefined;
    for (const { reject } of asked.values()) reject(new GraphNotReadyError('the thread of the like graph has ended'));
    asked.clear();
  }

  return {
    recommend: (request, signal) => {
      if (worker === undefined || (state?.hours.length ?? 0) === 0)
        return Promise.reject(new GraphNotReadyError('the likes of no hour are read yet'));
      if (asked.size >= MAX_WAITING) return Promise.reject(new GraphNotReadyError('too many wait for the like graph'));
      const id = ++lastId;
      const answer = Promise.withResolvers<Candidate[]>();
      asked.set(id, answer);
      const question: GraphQuestion = { id, request: { ...request, effort: request.effort ?? effortFor(asked.size) } };
      worker.postMessage(question);
      return abortable(answer.promise, signal);
    },
    get waiting() {
      return asked.size;
    },
    get state() {
      return state;
    },
    run: async (signal) => {
      const waits = backoff({ minMs: 1_000, maxMs: 30_000 });
      while (!signal.aborted) {
        await live(signal);
        if (signal.aborted) return;
        onLost();
        await pause(waits.next(), signal);
      }
    },
  };
}

/** The answer is dropped when it comes too late. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([promise, aborted.promise]).finally(() => signal.removeEventListener('abort', abort));
}
