import { LRUCache } from 'lru-cache';

/** `burst` at once, and after that `perSecond`. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Token buckets by name, for a bounded number of names: the least recently used is forgotten first. */
export interface RateLimit {
  /** Takes `amount`, or one, from the bucket of `name`; false, and nothing is taken, when it holds less. */
  take(name: string, amount?: number): boolean;
}

export function createRateLimit(rate: Rate, options: { maxNames?: number; now?: () => number } = {}): RateLimit {
  const { maxNames = 50_000, now = Date.now } = options;
  const buckets = new LRUCache<string, { tokens: number; at: number }>({ max: maxNames });
  return {
    take: (name, amount = 1) => {
      const at = now();
      const bucket = buckets.get(name) ?? { tokens: rate.burst, at };
      const gained = (Math.max(0, at - bucket.at) / 1000) * rate.perSecond;
      const tokens = Math.min(rate.burst, bucket.tokens + gained);
      const isAllowed = tokens >= amount;
      buckets.set(name, { tokens: isAllowed ? tokens - amount : tokens, at });
      return isAllowed;
    },
  };
}
