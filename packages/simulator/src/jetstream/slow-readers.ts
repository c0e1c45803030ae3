/** Which readers the server calls too slow. */
export interface SlowReaderLimits {
  /** Events that may be left unread. */
  readonly eventsBehind: number;
  /** Fewer a second, over `overMs`, are too few. */
  readonly eventsPerSecond: number;
  readonly overMs: number;
}

/** Source: Jetstream, whose error is `ConsumerTooSlow`. */
export const SLOW_READER_LIMITS: SlowReaderLimits = { eventsBehind: 100_000, eventsPerSecond: 5, overMs: 60_000 };

/** A watch over one reader; must be told how many events it was sent now, and how many are left. */
export function watchPace(limits: SlowReaderLimits): (sent: number, left: number) => boolean {
  let since = performance.now();
  let sentSince = 0;
  return (sent, left) => {
    sentSince += sent;
    const elapsedMs = performance.now() - since;
    if (elapsedMs < limits.overMs) return false;
    const isTooSlow = left > limits.eventsBehind && sentSince < (limits.eventsPerSecond * elapsedMs) / 1_000;
    since += elapsedMs;
    sentSince = 0;
    return isTooSlow;
  };
}
