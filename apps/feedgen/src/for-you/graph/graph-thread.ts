import { Worker } from 'node:worker_threads';
import { type Candidate, FULL_EFFORT, type Key, type Reasons, type Request } from '@updraft/recommender';
import { backoff, type Logger, pause } from '@updraft/service';
import { effortFor } from './effort-for.ts';
import type { GraphAnswer, GraphMessage, GraphQuestion, GraphState, GraphThreadData } from './messages.ts';
import { createQuestions } from './questions.ts';

/** The graph of likes, in a thread of its own: what it computes would hold up pages. */
export interface GraphThread {
  /** @throws GraphNotReadyError before the first hour is read, when too many wait, and when the thread is lost meanwhile. */
  recommend(request: GraphRequest, signal: AbortSignal): Promise<Candidate[]>;
  /** Why the post of this key is among these candidates, or not. @throws likewise */
  explain(request: GraphRequest, post: Key, signal: AbortSignal): Promise<Reasons>;
  /** Undefined before the first hour is read. */
  readonly state: GraphState | undefined;
  /** Keeps the thread alive until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** How much it looks at is decided when it is asked. */
export type GraphRequest = Omit<Request, 'effort'>;

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

export function createGraphThread({ data, onState, onLost, log }: GraphThreadOptions): GraphThread {
  const questions = createQuestions();
  let worker: Worker | undefined;
  let state: GraphState | undefined;
  const takeState = (next: GraphState): void => {
    state = next;
    if (next.failure !== undefined) log.warn({ failure: next.failure }, 'likes of an hour could not be read');
    onState(next);
  };

  /** Resolves when the thread ends. */
  async function live(signal: AbortSignal): Promise<void> {
    worker = new Worker(new URL('graph-worker.ts', import.meta.url), { workerData: data });
    worker.on('message', (message: GraphMessage) =>
      'state' in message ? takeState(message.state) : questions.settle(message),
    );
    worker.once('error', (err) => log.error({ err }, 'the thread of the like graph was lost'));
    await untilEnded(worker, signal);
    [worker, state] = [undefined, undefined];
    questions.rejectAll(new GraphNotReadyError('the thread of the like graph has ended'));
  }

  function ask(question: Omit<GraphQuestion, 'id'>, signal: AbortSignal): Promise<GraphAnswer> {
    if (worker === undefined || (state?.hours.length ?? 0) === 0)
      return Promise.reject(new GraphNotReadyError('the likes of no hour are read yet'));
    if (questions.isFull()) return Promise.reject(new GraphNotReadyError('too many wait for the like graph'));
    return abortable(questions.ask(question, worker), signal);
  }

  return {
    recommend: async (request, signal) =>
      (await ask({ request: { ...request, effort: effortFor(questions.waiting()) } }, signal)) as Candidate[],
    explain: async (request, why, signal) =>
      (await ask({ request: { ...request, effort: FULL_EFFORT }, why }, signal)) as Reasons,
    get state() {
      return state;
    },
    run: (signal) => keepAlive(live, onLost, signal),
  };
}

/** Ends it when the signal aborts. */
async function untilEnded(worker: Worker, signal: AbortSignal): Promise<void> {
  const ended = Promise.withResolvers<void>();
  worker.once('exit', () => ended.resolve());
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  await ended.promise;
  signal.removeEventListener('abort', stop);
}

/** Starts it again whenever it ends, later each time. */
async function keepAlive(
  live: (signal: AbortSignal) => Promise<void>,
  onLost: () => void,
  signal: AbortSignal,
): Promise<void> {
  const waits = backoff({ minMs: 1_000, maxMs: 30_000 });
  while (!signal.aborted) {
    await live(signal);
    if (signal.aborted) return;
    onLost();
    await pause(waits.next(), signal);
  }
}

/** The answer is dropped when it comes too late. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([promise, aborted.promise]).finally(() => signal.removeEventListener('abort', abort));
}
