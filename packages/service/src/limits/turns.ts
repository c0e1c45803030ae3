import { LimitError } from './limit-error.ts';

export interface TurnsOptions {
  /** Turns under way, of all callers together. */
  readonly atOnce: number;
  readonly perCaller: number;
  /** Of one caller, under way and waiting together; default: as many as may be under way. */
  readonly presentPerCaller?: number;
  /** Of all callers; default 0. */
  readonly maxWaiting?: number;
  /** How long one waits at most; default 5 s. */
  readonly maxWaitMs?: number;
  /** What is done in a turn, for the sentence that a refused caller reads: 'searches'. */
  readonly what: string;
  /** When a refused caller may ask again, in seconds; default 1. */
  readonly retryAfterS?: number;
}

/** Turns to do something expensive: few at once, few of one caller, and a short queue that is fair between callers. */
export interface Turns {
  /** Waits for a turn, and does the work in it. @throws LimitError, the signal's reason while it waits, or what the work throws */
  run<T>(caller: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  counts(): { readonly underWay: number; readonly waiting: number };
}

interface Waiting {
  readonly caller: string;
  begin(turn: Disposable): void;
}

/**
 * Next is the caller with the fewest turns under way, and among equals the one that came first: a caller with many requests waits for
 * itself, and the others don't wait for it.
 */
export function createTurns(options: TurnsOptions): Turns {
  const { atOnce, perCaller, presentPerCaller = perCaller, maxWaiting = 0 } = options;
  const underWay = new Map<string, number>();
  const queue = new Set<Waiting>();
  let total = 0;
  const of = (caller: string) => underWay.get(caller) ?? 0;

  const begin = (caller: string): Disposable => {
    total++;
    underWay.set(caller, of(caller) + 1);
    return {
      [Symbol.dispose]: () => {
        total--;
        if (of(caller) === 1) underWay.delete(caller);
        else underWay.set(caller, of(caller) - 1);
        const next = nextOf(queue, of, perCaller);
        next?.begin(begin(next.caller));
      },
    };
  };

  const take = async (caller: string, signal: AbortSignal | undefined): Promise<Disposable> => {
    signal?.throwIfAborted();
    if (total < atOnce && of(caller) < perCaller) return begin(caller);
    const waitingOfCaller = [...queue].filter((other) => other.caller === caller).length;
    if (of(caller) + waitingOfCaller >= presentPerCaller) throw refusal(options, 'caller');
    if (queue.size >= maxWaiting) throw refusal(options, 'all');
    return inQueue(queue, caller, options, () => (of(caller) >= perCaller ? 'caller' : 'all'), signal);
  };

  return {
    counts: () => ({ underWay: total, waiting: queue.size }),
    run: async (caller, work, signal) => {
      const turn = await take(caller, signal);
      try {
        return await work();
      } finally {
        turn[Symbol.dispose]();
      }
    },
  };
}

function nextOf(queue: ReadonlySet<Waiting>, of: (caller: string) => number, perCaller: number): Waiting | undefined {
  let next: Waiting | undefined;
  for (const waiting of queue) {
    if (of(waiting.caller) >= perCaller) continue;
    if (next === undefined || of(waiting.caller) < of(next.caller)) next = waiting;
  }
  return next;
}

function inQueue(
  queue: Set<Waiting>,
  caller: string,
  options: TurnsOptions,
  /** Who kept it waiting. */
  holder: () => 'caller' | 'all',
  signal: AbortSignal | undefined,
): Promise<Disposable> {
  const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
  const leave = () => {
    queue.delete(waiting);
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  const waiting: Waiting = {
    caller,
    begin: (turn) => {
      leave();
      resolve(turn);
    },
  };
  const onAbort = () => {
    leave();
    reject(signal?.reason);
  };
  const timer = setTimeout(() => {
    leave();
    reject(refusal(options, holder()));
  }, options.maxWaitMs ?? 5_000);
  signal?.addEventListener('abort', onAbort, { once: true });
  queue.add(waiting);
  return promise;
}

function refusal({ what, perCaller, retryAfterS = 1 }: TurnsOptions, whose: 'caller' | 'all'): LimitError {
  const message =
    whose === 'caller'
      ? `${perCaller} ${what} of one caller may be under way at once: wait for the ones before`
      : `too many ${what} are under way at this moment: ask again soon`;
  return new LimitError(whose, message, retryAfterS);
}
