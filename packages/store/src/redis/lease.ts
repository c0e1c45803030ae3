import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

/** The right to work on something alone, for as long as it is renewed. */
export interface Lease {
  /** Rises with each lease of the same name: the later one wins. */
  readonly fence: number;
  /** Aborts with a LeaseLostError: from then on nothing may be written in the lease's name. */
  readonly signal: AbortSignal;
  /** Gives it back, so that the next holder doesn't wait until it lapses. */
  release(): Promise<void>;
}

/** Who holds a lease: in the same `scope` process ids can be told dead from alive. */
export interface LeaseOwner {
  /** Machine, boot and pid namespace; '' when that is unknown. */
  readonly scope: string;
  readonly pid: number;
}

export interface LeaseOptions {
  readonly redis: Redis;
  /** How long a holder that was killed keeps others out. */
  readonly ttlMs: number;
  /** Stands before each name. */
  readonly prefix: string;
  /**
   * What a holder does while it can't reach Redis. `lose`: it stops before another can have the lease, so that there is never more than
   * one holder. `keep`: it works on until it hears of another holder, so that an outage of Redis stops nothing. But when it alone is cut off
   * from Redis, another works beside it, and the fence must keep the older one from doing harm.
   */
  readonly whenUnreachable: 'lose' | 'keep';
  /**
   * `count`: one above the last fence. `clock`: microseconds since 1970, well above the last fence, so that numbers which count up
   * from one fence never reach the next.
   */
  readonly fences: 'count' | 'clock';
  /** Absent: only silence tells that a holder is dead. */
  readonly owner?: LeaseOwner;
  /** Whether a process of our own scope is alive. */
  readonly isAlive?: (pid: number) => boolean;
}

export interface Leases {
  /**
   * Undefined while another holds it; a dead process of our own scope holds nothing. The fence will be above `fenceAbove`.
   * @throws StoreError when Redis can't be asked
   */
  acquire(name: string, fenceAbove?: number): Promise<Lease | undefined>;
}

/** Another holder has the lease now, or may have it. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError';
}

/** Leases in Redis, renewed each third of their time. */
export function createLeases(options: LeaseOptions): Leases {
  const { redis, ttlMs, prefix, fences } = options;
  return {
    acquire: async (name, fenceAbove = 0) => {
      const key = `${prefix}${name}`;
      const token = formatHolder(options.owner, randomUUID());
      const askedAt = performance.now();
      const ask = async (dead: string): Promise<string[]> => {
        const answer: unknown = await redis.eval(
          ACQUIRE,
          2,
          key,
          fenceKey(key),
          token,
          ttlMs,
          fenceAbove,
          fences,
          dead,
        );
        return Array.isArray(answer) ? answer.map(String) : [];
      };
      let [outcome, value = ''] = await ask('');
      if (outcome === 'held' && isDead(value, options)) [outcome, value = ''] = await ask(value);
      return outcome === 'held' ? undefined : keep(options, { key, token, fence: Number(value), askedAt });
    },
  };
}

/** The key of the number that each lease of this key rises above. */
export function fenceKey(leaseKey: string): string {
  return `${leaseKey}:fence`;
}

/** A counted fence lives a day longer than its last lease; after that `fenceAbove` carries it on. 100 s between fences of the clock. */
const ACQUIRE = `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[5] then return {'held', held} end
local last = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), tonumber(ARGV[3]))
local fence = last + 1
if ARGV[4] == 'clock' then
  local time = redis.call('TIME')
  fence = math.max(tonumber(time[1]) * 1000000 + tonumber(time[2]), last + 100000000)
  redis.call('SET', KEYS[2], string.format('%.0f', fence))
else
  redis.call('SET', KEYS[2], string.format('%.0f', fence), 'EX', 86400)
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {'granted', string.format('%.0f', fence)}`;

/** Redis may have lost the lease while it was away: a holder that keeps it takes it up again, unless another had it meanwhile. */
const RENEW = `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
if not held and ARGV[4] == 'lose' then return 0 end
if tonumber(redis.call('GET', KEYS[2]) or '0') > tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[2], ARGV[3], 'KEEPTTL')
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

interface Held {
  readonly key: string;
  readonly token: string;
  readonly fence: number;
  /** By performance.now(). */
  readonly askedAt: number;
}

function keep({ redis, ttlMs, whenUnreachable }: LeaseOptions, { key, token, fence, askedAt }: Held): Lease {
  const lost = new AbortController();
  let renewedAt = askedAt;
  const lose = (why: string) => {
    clearInterval(timer);
    lost.abort(new LeaseLostError(`the lease ${key} ${why}`));
  };
  const renew = async () => {
    const startedAt = performance.now();
    const answer: unknown = await redis
      .eval(RENEW, 2, key, fenceKey(key), token, ttlMs, fence, whenUnreachable)
      .catch(() => undefined); // unreachable
    if (answer === 1) renewedAt = startedAt;
    if (answer === 0) lose('has lapsed or has another holder');
  };
  const timer = setInterval(() => {
    const isOverdue = performance.now() - renewedAt > (ttlMs * 2) / 3;
    if (isOverdue && whenUnreachable === 'lose') lose('could not be renewed in time');
    else void renew();
  }, ttlMs / 3);
  return {
    fence,
    signal: lost.signal,
    release: async () => {
      clearInterval(timer);
      await redis.eval(RELEASE, 1, key, token).catch(() => undefined); // it lapses by itself
    },
  };
}

function isDead(holder: string, { owner, isAlive }: LeaseOptions): boolean {
  const [scope = '', pid = ''] = holder.split('|');
  if (owner === undefined || isAlive === undefined || scope === '' || scope !== owner.scope) return false;
  return Number(pid) === owner.pid || !isAlive(Number(pid));
}

function formatHolder(owner: LeaseOwner | undefined, id: string): string {
  return `${owner?.scope ?? ''}|${owner?.pid ?? ''}|${id}`;
}
