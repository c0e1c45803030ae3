import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { redisError } from './redis.ts';

/** The right to be the one that works, for as long as it is renewed. */
export interface Lease {
  /** Rises with each lease of one name, in microseconds since 1970 or above: whoever holds a later one wins. */
  readonly fence: number;
  /** Aborts with a LeaseLostError once another holds it. Not while Redis is away: then nobody can have taken it. */
  readonly signal: AbortSignal;
  /** Gives it back, so that the next one needs not wait for its end. */
  release(): Promise<void>;
}

/** Who holds a lease: in the same `scope` process ids can be told dead from alive. */
export interface LeaseOwner {
  /** Machine, boot and pid namespace; '' when that is unknown. */
  readonly scope: string;
  readonly pid: number;
}

export interface LeaseOptions {
  redis: Redis;
  /** Key of the lease; its fence stands beside it under `:fence`. */
  key: string;
  owner: LeaseOwner;
  /** How long a holder that was killed keeps others out. */
  ttlMs: number;
  /** Whether a process of our own scope is alive. */
  isAlive: (pid: number) => boolean;
}

export interface Leases {
  /**
   * The lease, or who holds it. A holder of our own scope that is dead is no holder. The fence will be well above `fenceAbove`.
   * @throws StoreError when Redis can't be asked
   */
  acquire(fenceAbove: number): Promise<{ lease: Lease } | { heldBy: LeaseOwner }>;
}

/** Another has the right now: nothing more may be written in its name. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError';
}

/** Leases in Redis, renewed each third of their time. */
export function createLeases(options: LeaseOptions): Leases {
  const { redis, key, ttlMs } = options;
  const token = formatHolder(options.owner, randomUUID());
  return {
    acquire: async (fenceAbove) => {
      const ask = async (dead: string): Promise<string[]> => {
        const answer: unknown = await redis
          .eval(ACQUIRE, 2, key, fenceKey(key), token, ttlMs, fenceAbove, FENCE_STEP, dead)
          .catch((error: unknown) => {
            throw redisError(error, redis);
          });
        return Array.isArray(answer) ? answer.map(String) : [];
      };
      let [outcome, value = ''] = await ask('');
      if (outcome === 'held' && isDead(parseHolder(value), options)) [outcome, value = ''] = await ask(value);
      if (outcome === 'held') return { heldBy: parseHolder(value) };
      return { lease: keep(options, token, Number(value)) };
    },
  };
}

/** The key of the number that each lease of this key rises above. */
export function fenceKey(leaseKey: string): string {
  return `${leaseKey}:fence`;
}

/**
 * A fence is a moment in microseconds, and well above the fence before it, whatever the clock says: versions that count up from one
 * fence never reach the next.
 */
const FENCE_STEP = 100_000_000;

const ACQUIRE = `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[5] then return {'held', held} end
local time = redis.call('TIME')
local step = tonumber(ARGV[4])
local last = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), tonumber(ARGV[3]))
local fence = string.format('%.0f', math.max(tonumber(time[1]) * 1000000 + tonumber(time[2]), last + step))
redis.call('SET', KEYS[2], fence)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {'granted', fence}`;

/** After an outage of Redis nobody may hold it: it is taken up again, unless somebody had it meanwhile. */
const RENEW = `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
if tonumber(redis.call('GET', KEYS[2]) or '0') > tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

function keep({ redis, key, ttlMs }: LeaseOptions, token: string, fence: number): Lease {
  const lost = new AbortController();
  const renew = async () => {
    const answer: unknown = await redis.eval(RENEW, 2, key, fenceKey(key), token, ttlMs, fence).catch(() => undefined); // Redis is away
    if (answer !== 0) return;
    clearInterval(timer);
    lost.abort(new LeaseLostError(`the lease ${key} has another holder`));
  };
  const timer = setInterval(() => void renew(), ttlMs / 3);
  return {
    fence,
    signal: lost.signal,
    release: async () => {
      clearInterval(timer);
      await redis.eval(RELEASE, 1, key, token).catch(() => undefined); // it lapses by itself
    },
  };
}

function isDead({ scope, pid }: LeaseOwner, { owner, isAlive }: LeaseOptions): boolean {
  return scope !== '' && scope === owner.scope && (pid === owner.pid || !isAlive(pid));
}

function formatHolder({ scope, pid }: LeaseOwner, id: string): string {
  return `${scope}|${pid}|${id}`;
}

function parseHolder(text: string): LeaseOwner {
  const [scope = '', pid = ''] = text.split('|');
  return { scope, pid: Number(pid) };
}
