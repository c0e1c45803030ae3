import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { createLeases, type Lease, type Redis } from '@updraft/store';

/** What is stored of a build. */
export interface StoredBuild {
  readonly id: string;
  /** The moment that the query saw, in ms since 1970. */
  readonly asOfMs: number;
  readonly uris: readonly string[];
}

/** Builds in Redis, and the right to make them. */
export interface BuildStore {
  /** The right to build a feed, undefined while another holds it. */
  acquire(alias: string): Promise<Lease | undefined>;
  /**
   * Makes a build the feed's current one, and keeps the one before for a while. `leftOut` are the posts that moderation left out of it. False
   * when a higher fence has already published.
   */
  publish(alias: string, fence: number, build: StoredBuild, leftOut: readonly string[]): Promise<boolean>;
  currentId(alias: string): Promise<string | undefined>;
  /** What moderation left out of the current build. */
  leftOut(alias: string): Promise<readonly string[]>;
  load(alias: string, id: string): Promise<StoredBuild | undefined>;
  /** The feed's current build; undefined before its first. */
  current(alias: string): Promise<StoredBuild | undefined>;
}

/** How long a build lives after it was replaced. */
export const KEEP_BUILDS_MS = 30 * 60_000;
/** Builds of a feed that are kept, however often it is rebuilt. */
const MAX_BUILDS = 200;
const LOCK_MS = 30_000;

export function createBuildStore({ redis, prefix }: { redis: Redis; prefix: string }): BuildStore {
  // A builder that is cut off from Redis can't publish: its fence is below the next builder's.
  const leases = createLeases({
    redis,
    prefix: `${prefix}:feed:`,
    ttlMs: LOCK_MS,
    fences: 'count',
    whenUnreachable: 'keep',
  });
  const key = (alias: string, part: string) => `${prefix}:feed:${alias}:${part}`;
  return {
    ...createBuildReader(redis, key),
    acquire: async (alias) =>
      leases.acquire(`${alias}:lock`, Number((await redis.hget(key(alias, 'current'), 'fence')) ?? 0)),
    publish: async (alias, fence, build, leftOut) => {
      const buildKey = key(alias, `build:${build.id}`);
      const keys = [key(alias, 'current'), buildKey, key(alias, 'builds')];
      const outcome = await redis.eval(
        PUBLISH,
        keys.length,
        ...keys,
        fence,
        build.id,
        await freeze(build),
        KEEP_BUILDS_MS,
        MAX_BUILDS,
        key(alias, 'build:'),
        leftOut.join('\n'),
      );
      return outcome === 1;
    },
  };
}

type BuildReader = Pick<BuildStore, 'currentId' | 'leftOut' | 'load' | 'current'>;

function createBuildReader(redis: Redis, key: (alias: string, part: string) => string): BuildReader {
  const currentId = async (alias: string) => (await redis.hget(key(alias, 'current'), 'id')) ?? undefined;
  const load = async (alias: string, id: string) => {
    const frozen = await redis.getBuffer(key(alias, `build:${id}`));
    return frozen === null ? undefined : thaw(id, frozen);
  };
  return {
    currentId,
    load,
    leftOut: async (alias) => ((await redis.hget(key(alias, 'current'), 'leftOut')) ?? '').split('\n').filter(Boolean),
    current: async (alias) => {
      const id = await currentId(alias);
      return id === undefined ? undefined : load(alias, id);
    },
  };
}

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** The moment and the uris, a line each: uris have no line ends. Deflating halves it, off the event loop. */
async function freeze(build: StoredBuild): Promise<Buffer> {
  return deflate([String(build.asOfMs), ...build.uris].join('\n'), { level: 1 });
}

async function thaw(id: string, frozen: Buffer): Promise<StoredBuild> {
  const [asOfMs, ...uris] = (await inflate(frozen)).toString('utf8').split('\n');
  return { id, asOfMs: Number(asOfMs), uris };
}

/** The fence stops a builder that slept past its lock from replacing a newer build. */
const PUBLISH = `
local fence, id, frozen, keepMs, maxBuilds, buildPrefix = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
if fence < tonumber(redis.call('HGET', KEYS[1], 'fence') or '0') then return 0 end
local last = redis.call('HGET', KEYS[1], 'id')
redis.call('SET', KEYS[2], frozen)
redis.call('HSET', KEYS[1], 'id', id, 'fence', fence, 'leftOut', ARGV[7])
if last and last ~= id then redis.call('PEXPIRE', buildPrefix .. last, keepMs) end
redis.call('RPUSH', KEYS[3], id)
while redis.call('LLEN', KEYS[3]) > maxBuilds do redis.call('DEL', buildPrefix .. redis.call('LPOP', KEYS[3])) end
return 1`;
