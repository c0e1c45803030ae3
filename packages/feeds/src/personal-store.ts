import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { hashText, type Redis } from '@updraft/store';
import { z } from 'zod';
import { KEEP_BUILDS_MS } from './build-store.ts';
import type { PersonalFeed } from './feed.ts';

const post = z.object({
  uri: z.string(),
  reason: z.string(),
  /** At-uri of the repost by which it came. */
  repostUri: z.string().optional(),
});
const stored = z.object({
  id: z.string(),
  asOfMs: z.number(),
  /** At-uris, at the top. */
  pinned: z.array(z.string()),
  posts: z.array(post),
});

/** What is stored of one viewer's build of a personal feed. */
export type StoredPersonalBuild = z.output<typeof stored>;

/** Viewers' builds in Redis, for as long as a reader may go on in them. A look-up is by the viewer, so nobody is given another's. */
export interface PersonalStore {
  /** @throws PersonalStoreFullError */
  save(feed: KeptFeed, viewerDid: string, build: StoredPersonalBuild): Promise<void>;
  /** The build of this id, or the latest one. */
  load(alias: string, viewerDid: string, id?: string): Promise<StoredPersonalBuild | undefined>;
  /** Removes what there is of a viewer in these feeds. */
  remove(aliases: readonly string[], viewerDid: string): Promise<void>;
}

/** Of one viewer and feed that are kept. */
export const MAX_BUILDS_OF_VIEWER = 6;

/** There is no room for a build: only the instance that made it has it. */
export class PersonalStoreFullError extends Error {
  override readonly name = 'PersonalStoreFullError';
  readonly maxBytes: number;

  constructor(maxBytes: number) {
    super(`viewers' builds take the ${maxBytes} bytes of Redis that they may take`);
    this.maxBytes = maxBytes;
  }
}

export interface PersonalStoreOptions {
  readonly redis: Redis;
  /** Of the keys in Redis. */
  readonly prefix: string;
  /** Of Redis's memory, for the builds of all viewers and instances. */
  readonly maxBytes: number;
}

export type KeptFeed = Pick<PersonalFeed, 'alias' | 'refresh'>;

/** For how long a viewer's build is there: they may begin to read it until it is as old as `refresh` allows, and then go on. */
export function keepPersonalMs({ refresh }: KeptFeed): number {
  return refresh + KEEP_BUILDS_MS;
}

export function createPersonalStore({ redis, prefix, maxBytes }: PersonalStoreOptions): PersonalStore {
  const key = (alias: string, viewerDid: string) => `${prefix}:personal:${alias}:${hashText(viewerDid)}`;
  return {
    save: async (feed, viewerDid, build) => {
      const frozen = await deflate(JSON.stringify(build), { level: 1 });
      const keepMs = keepPersonalMs(feed);
      const keys = [key(feed.alias, viewerDid), `${prefix}:personal-bytes`];
      const limits = [keepMs, MAX_BUILDS_OF_VIEWER, frozen.length + COST_OF_BUILD, maxBytes];
      const isStored = await redis.eval(SAVE, keys.length, ...keys, build.id, frozen, ...limits, ...timesOf(keepMs));
      if (isStored !== 1) throw new PersonalStoreFullError(maxBytes);
    },
    load: async (alias, viewerDid, id) => {
      const of = key(alias, viewerDid);
      const field = id ?? (await redis.hget(of, LATEST));
      const frozen = field === null ? null : await redis.hgetBuffer(of, field);
      return frozen === null || field === LATEST ? undefined : thaw(frozen);
    },
    remove: async (aliases, viewerDid) => {
      if (aliases.length > 0) await redis.del(...aliases.map((alias) => key(alias, viewerDid)));
    },
  };
}

/** Removes the builds of these viewers, of whatever feeds. Goes through the keys of Redis: for commands. */
export async function removePersonalBuilds(redis: Redis, prefix: string, dids: readonly string[]): Promise<void> {
  for (const did of dids) {
    const match = `${prefix.replace(/[*?[\]\\]/g, '\\$&')}:personal:*:${hashText(did)}`;
    for await (const keys of redis.scanStream({ match, count: 1_000 }) as AsyncIterable<string[]>)
      if (keys.length > 0) await redis.del(...keys);
  }
}

/** A field beside the ids. */
const LATEST = 'latest';
const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Undefined for what another version stored. */
async function thaw(frozen: Buffer): Promise<StoredPersonalBuild | undefined> {
  return stored.safeParse(JSON.parse((await inflate(frozen)).toString('utf8'))).data;
}

/** What Redis needs beside a build's bytes. */
const COST_OF_BUILD = 300;
const SLOT_MS = 30 * 60_000;
/** Longer than any build is there. */
const KEEP_SIZES_MS = 3 * 24 * 60 * 60_000;

/** The id before which nobody reads a build any more; the present half hour, and the last one in which a build of now may be there. */
function timesOf(keepMs: number): [oldestId: string, now: number, end: number, keepSizesMs: number] {
  const nowMs = Date.now();
  const slotOf = (ms: number): number => Math.floor(ms / SLOT_MS);
  return [`me.${(nowMs - keepMs).toString(36)}`, slotOf(nowMs), slotOf(nowMs + 2 * keepMs), KEEP_SIZES_MS];
}

/** Ids begin with their time, so they are in its order. */
const SAVE = `
local id, frozen, keepMs, most, cost, maxBytes = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local oldest, now, slot, keepSizesMs = ARGV[7], tonumber(ARGV[8]), ARGV[9], ARGV[10]
local sizes, taken = redis.call('HGETALL', KEYS[2]), 0
for at = 1, #sizes, 2 do
  if tonumber(sizes[at]) < now then redis.call('HDEL', KEYS[2], sizes[at]) else taken = taken + tonumber(sizes[at + 1]) end
end
if taken + cost > maxBytes then return 0 end
redis.call('HINCRBY', KEYS[2], slot, cost)
redis.call('PEXPIRE', KEYS[2], keepSizesMs)
redis.call('HSET', KEYS[1], id, frozen)
local latest = redis.call('HGET', KEYS[1], '${LATEST}')
if not latest or latest < id then redis.call('HSET', KEYS[1], '${LATEST}', id) end
redis.call('PEXPIRE', KEYS[1], keepMs)
local ids = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if field ~= '${LATEST}' then table.insert(ids, field) end
end
table.sort(ids)
for place, old in ipairs(ids) do
  if place <= #ids - most or old < oldest then redis.call('HDEL', KEYS[1], old) end
end
return 1`;
