import { ClickHouseException } from './errors.ts';

/** A turn to run one query; its number is free for the holder's own use until it is given back. */
export interface Slot extends Disposable {
  readonly number: number;
}

export interface SlotsOptions {
  readonly count: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

export interface Slots {
  /** Waits for a turn; throws TOO_MANY_SIMULTANEOUS_QUERIES when too many wait or the wait is too long. */
  acquire(signal: AbortSignal): Promise<Slot>;
  /** Resolves when none is taken. */
  allFree(): Promise<void>;
}

/** A bounded number of turns with a bounded queue before them, first come, first served. */
export function createSlots({ count, maxWaiting, maxWaitMs }: SlotsOptions): Slots {
  const free = Array.from({ length: count }, (_, number) => number);
  const waiting = new Set<(number: number) => void>();
  const whenAllFree: (() => void)[] = [];

  const take = (number: number): Slot => {
    let released = false;
    return {
      number,
      [Symbol.dispose]: () => {
        if (released) return;
        released = true;
        const [next] = waiting;
        if (next !== undefined) return next(number);
        free.push(number);
        if (free.length === count) for (const resolve of whenAllFree.splice(0)) resolve();
      },
    };
  };

  return {
    allFree: async () => {
      if (free.length < count) await new Promise<void>((resolve) => whenAllFree.push(resolve));
    },
    acquire: async (signal) => {
      signal.throwIfAborted();
      const number = free.shift();
      if (number !== undefined) return take(number);
      if (waiting.size >= maxWaiting) throw tooMany(count);
      return await new Promise<Slot>((resolve, reject) => {
        const leave = () => {
          waiting.delete(onTurn);
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
        };
        const onTurn = (turn: number) => {
          leave();
          resolve(take(turn));
        };
        const onAbort = () => {
          leave();
          reject(signal.reason as Error);
        };
        const timer = setTimeout(() => {
          leave();
          reject(tooMany(count));
        }, maxWaitMs);
        signal.addEventListener('abort', onAbort, { once: true });
        waiting.add(onTurn);
      });
    },
  };
}

function tooMany(maximum: number): ClickHouseException {
  return new ClickHouseException(
    202,
    'TOO_MANY_SIMULTANEOUS_QUERIES',
    `Too many simultaneous queries. Maximum: ${maximum}.`,
  );
}
