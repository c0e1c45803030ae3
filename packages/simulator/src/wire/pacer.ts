import { setTimeout as delay } from 'node:timers/promises';

/** Holds a sender to `rate` events a second; an idle second does not allow more in the next one. */
export interface Pacer {
  /** Events that may be sent at once, at least 1. */
  readonly burst: number;
  /** Resolves when `events` more may be sent, or the signal has aborted. */
  take(events: number, signal: AbortSignal): Promise<void>;
}

const TICK_MS = 25;

export function createPacer(rate: number | undefined): Pacer {
  if (rate === undefined || rate <= 0) return { burst: Number.POSITIVE_INFINITY, take: async () => {} };
  let freeAt = 0;
  return {
    burst: Math.max(1, Math.floor((rate * TICK_MS) / 1_000)),
    async take(events, signal) {
      const now = performance.now();
      const waitMs = freeAt - now;
      freeAt = Math.max(freeAt, now) + (events * 1_000) / rate;
      // It rejects when the signal aborts, which ends the wait.
      if (waitMs > 0) await delay(waitMs, undefined, { signal, ref: true }).catch(() => {});
    },
  };
}
