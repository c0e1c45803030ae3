import { LimitError } from './limit-error.ts';

export interface TurnsOptions {
  /** The most turns under way, of all callers together. */
  readonly atOnce: number;
  /** The most turns under way of one caller. */
  readonly perCaller: number;
  /** The most of one caller, under way and waiting together; default `perCaller`. */
  readonly presentPerCaller?: number;
  /** The most that wait, of all callers together; default 0. */
  readonly maxWaiting?: number;
  /** The longest wait; default 5 s. */
  readonly maxWaitMs?: number;
  /** What the turns are for, in the sentence that a refused caller reads: 'searches'. */
  readonly what: string;
  /** When a refused caller may ask again, in seconds; default 1. */
  readonly retryAfterS?: number;
}

/** Bounds expensive work: few turns at once, few of one caller, and a short queue that is fair between callers. */
export interface Turns {
  /** Waits for a turn, then does the work. @throws LimitError, the signal's reason while it waits, or what the work throws */
  run<T>(caller: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  counts(): { readonly underWay: number; readonly waiting: number };
}

interface Waiting {
  readonly caller: string;
  begin(turn: Disposable): void;
}

/**
 * The next turn goes to the caller with the fewest turns under way, and among equals to the one that came first: the requests of a
 * busy caller wait for each other, and nobody else waits for them.
 */
export function createTurns(options: TurnsOptions): Turns {
  const { atOnce, perCaller, presentPerCaller = perCaller, maxWaiting = 0 } = options;
  const underWay = createTally();
  const queue = new Set<Waiting>();

  const begin = (caller: string): Disposable => {
    underWay.add(caller, 1);
    return {
      [Symbol.dispose]: () => {
        underWay.add(caller, -1);
        const next = nextOf(queue, underWay.of, perCaller);
        next?.begin(begin(next.caller));
      },
    };
  };

  const take = async (caller: string, signal: AbortSignal | undefined): Promise<Disposable> => {
    signal?.throwIfAborted();
    const isAtLimit = () => underWay.of(caller) >= perCaller;
    if (underWay.total() < atOnce && !isAtLimit()) return begin(caller);
    const waitingOfCaller = [...queue].filter((other) => other.caller === caller).length;
    if (underWay.of(caller) + waitingOfCaller >= presentPerCaller) throw refusal(options, 'caller');
    if (queue.size >= maxWaiting) throw refusal(options, 'all');
    return inQueue(queue, caller, options, () => (isAtLimit() ? 'caller' : 'all'), signal);
  };

  return {
    counts: () => ({ underWay: underWay.total(), waiting: queue.size }),
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

/** Counts by name; only names with a count take memory. */
function createTally() {
  const counts = new Map<string, number>();
  let total = 0;
  const of = (name: string) => counts.get(name) ?? 0;
  return {
    of,
    total: () => total,
    add: (name: string, change: number) => {
      total += change;
      if (of(name) + change === 0) counts.delete(name);
      else counts.set(name, of(name) + change);
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
  /** Whose turns keep it waiting. */
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
      ? `${what}: one caller may have ${perCaller} under way at once, wait until one ends`
      : `too many ${what} are under way now: ask again soon`;
  return new LimitError(whose, message, retryAfterS);
}
