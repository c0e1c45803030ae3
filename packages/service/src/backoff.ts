export interface Backoff {
  /** Milliseconds to wait before the next try. */
  next(): number;
  /** After a success. */
  reset(): void;
}

/**
 * Growing waits: each is random between minMs and a ceiling that doubles from 2·minMs to maxMs, so that clients that failed
 * together don't come back together.
 */
export function backoff({ minMs, maxMs, random = Math.random }: BackoffOptions): Backoff {
  let ceiling = minMs;
  return {
    next() {
      ceiling = Math.min(ceiling * 2, maxMs);
      return Math.round(minMs + random() * Math.max(0, ceiling - minMs));
    },
    reset() {
      ceiling = minMs;
    },
  };
}

interface BackoffOptions {
  minMs: number;
  maxMs: number;
  /** For tests: numbers of [0, 1). */
  random?: () => number;
}
