import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Redis } from '@updraft/store';
import type { StoredBuild } from './build.ts';

/** A builder's right to build one feed. Of two rights to a feed the later has the higher fence. */
export interface BuildLock {
  readonly alias: string;
  readonly token: string;
  readonly fence: number;
}

/** Builds in Redis, and the locks of their builders. */
export interface BuildStore {
  /** The right to build a feed, undefined while another holds it. Lapses after `lockMs` unless renewed. */
  lock(alias: string): Promise<BuildLock | undefined>;
  renew(lock: BuildLock): Promise<void>;
  release(lock: BuildLock): Promise<void>;
  /** Makes a build the feed's current one; the one before lives on for a while. False when somebody with a higher fence was quicker. */
  publish(lock: BuildLock, build: StoredBuild): Promise<boolean>;
  currentId(alias: string): Promise<string | undefined>;
  load(alias: string, id: string): Promise<StoredBuild | undefined>;
}

export interface BuildStoreOptions {
  redis: Redis;
  prefix: string;
  lockMs?: number;
  /** How long a build lives after it was replaced. */
  keepMs?: number;
  /** Builds of a feed that are kept, however often it is rebuilt. */
  maxBuilds?: number;
}

export const KEEP_BUILDS_MS = 30 * 60_000;

export function createBuildStore(options: BuildStoreOptions): BuildStore {
  const { redis, prefix, lockMs = 30_000, keepMs = KEEP_BUILDS_MS, maxBuilds = 200 } = options;
  const key = (alias: string, part: string) => `${prefix}:feed:${alias}:${part}`;
  return {
    lock: async (alias) => {
      const token = randomUUID();
      const fence = await redis.eval(LOCK, 2, key(alias, 'lock'), key(alias, 'fence'), token, lockMs);
      return typeof fence === 'number' ? { alias, token, fence } : undefined;
    },
    renew: async ({ alias, token }) => {
      await redis.eval(RENEW, 1, key(alias, 'lock'), token, lockMs);
    },
    release: async ({ alias, token }) => {
      await redis.eval(RELEASE, 1, key(alias, 'lock'), token);
    },
    publish: async ({ alias, fence }, build) => {
      const buildKey = key(alias, `build:${build.id}`);
      const keys = [key(alias, 'current'), buildKey, key(alias, 'builds')];
      const outcome = await redis.eval(
        PUBLISH,
        keys.length,
        ...keys,
        fence,
        build.id,
        await freeze(build),
        keepMs,
        maxBuilds,
        key(alias, 'build:'),
      );
      return outcome === 1;
    },
    currentId: async (alias) => (await redis.hget(key(alias, 'current'), 'id')) ?? undefined,
    load: async (alias, id) => {
      const frozen = await redis.getBuffer(key(alias, `build:${id}`));
      return frozen === null ? undefined : thaw(id, frozen);
    },
  };
}

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** The moment and the uris, a line each: uris have no line ends. Half its size when deflated, and off the event loop. */
async function freeze(build: StoredBuild): Promise<Buffer> {
  return deflate([String(build.asOfMs), ...build.uris].join('\n'), { level: 1 });
}

async function thaw(id: string, frozen: Buffer): Promise<StoredBuild> {
  const [asOfMs, ...uris] = (await inflate(frozen)).toString('utf8').split('\n');
  return { id, asOfMs: Number(asOfMs), uris };
}

const LOCK = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return redis.call('INCR', KEYS[2]) end
return false`;

const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** The fence: a builder that was asleep past its lock can't put its old answer over a newer one. */
const PUBLISH = `
local fence, id, frozen, keepMs, maxBuilds, buildPrefix = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
if fence < tonumber(redis.call('HGET', KEYS[1], 'fence') or '0') then return 0 end
local last = redis.call('HGET', KEYS[1], 'id')
redis.call('SET', KEYS[2], frozen)
redis.call('HSET', KEYS[1], 'id', id, 'fence', fence)
if last and last ~= id then redis.call('PEXPIRE', buildPrefix .. last, keepMs) end
redis.call('RPUSH', KEYS[3], id)
while redis.call('LLEN', KEYS[3]) > maxBuilds do redis.call('DEL', buildPrefix .. redis.call('LPOP', KEYS[3])) end
return 1`;
