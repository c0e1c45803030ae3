import type { Redis } from '@updraft/store';

/** The right to work on something alone, for as long as it is renewed. */
export interface Lease {
  /** Rises with each lease of the same name: whoever holds a later one wins. */
  readonly fence: number;
  /** Aborts when the lease is lost: then nothing more may be written. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

export interface Leases {
  /** Undefined while somebody else holds it. The fence will be above `fenceAbove`. */
  acquire(name: string, fenceAbove?: number): Promise<Lease | undefined>;
}

/**
 * Leases in Redis. The holder renews each third of `ttlMs`; when it can't for two thirds it counts the lease as lost, before
 * anybody else can have it.
 */
export function createLeases({ redis, ttlMs }: { redis: Redis; ttlMs: number }): Leases {
  return {
    acquire: async (name, fenceAbove = 0) => {
      const [lock, counter] = [`lease:${name}`, `lease:${name}:fence`];
      const askedAt = performance.now();
      const fence = Number(await redis.eval(ACQUIRE, 2, lock, counter, ttlMs, fenceAbove));
      if (fence === 0) return undefined;
      return keep(redis, lock, { fence, ttlMs, askedAt });
    },
  };
}

/** The counter outlives the lock by a day; after that the caller's own fenceAbove carries it on. */
const ACQUIRE = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local fence = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), tonumber(ARGV[2])) + 1
redis.call('SET', KEYS[2], fence, 'EX', 86400)
redis.call('SET', KEYS[1], fence, 'PX', ARGV[1])
return fence`;
const RENEW =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";
const RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

interface Kept {
  readonly fence: number;
  readonly ttlMs: number;
  readonly askedAt: number;
}

function keep(redis: Redis, lock: string, { fence, ttlMs, askedAt }: Kept): Lease {
  const lost = new AbortController();
  let renewedAt = askedAt;
  const renew = async () => {
    const startedAt = performance.now();
    const isHeld = await redis.eval(RENEW, 1, lock, fence, ttlMs).then(Number, () => undefined);
    if (isHeld === 1) renewedAt = startedAt;
    if (isHeld === 0) lose();
  };
  const timer = setInterval(() => {
    if (performance.now() - renewedAt > (ttlMs * 2) / 3) lose();
    else void renew();
  }, ttlMs / 3);
  const lose = () => {
    clearInterval(timer);
    lost.abort(new Error(`the lease ${lock} is lost`));
  };
  return {
    fence,
    signal: lost.signal,
    release: async () => {
      clearInterval(timer);
      await redis.eval(RELEASE, 1, lock, fence).catch(() => undefined); // it ends by itself
    },
  };
}
