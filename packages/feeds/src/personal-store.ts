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
  save(feed: KeptFeed, viewerDid: string, build: StoredPersonalBuild): Promise<void>;
  /** The build of this id, or the latest one. */
  load(alias: string, viewerDid: string, id?: string): Promise<StoredPersonalBuild | undefined>;
  /** Removes what there is of a viewer in these feeds. */
  remove(aliases: readonly string[], viewerDid: string): Promise<void>;
}

/** Of one viewer and feed that are kept. */
export const MAX_BUILDS_OF_VIEWER = 6;

export type KeptFeed = Pick<PersonalFeed, 'alias' | 'refresh'>;

/** For how long a viewer's build is there: they may begin to read it until it is as old as `refresh` allows, and then go on. */
export function keepPersonalMs({ refresh }: KeptFeed): number {
  return refresh + KEEP_BUILDS_MS;
}

export function createPersonalStore({ redis, prefix }: { redis: Redis; prefix: string }): PersonalStore {
  const key = (alias: string, viewerDid: string) => `${prefix}:personal:${alias}:${hashText(viewerDid)}`;
  return {
    save: async (feed, viewerDid, build) => {
      const frozen = await deflate(JSON.stringify(build), { level: 1 });
      const of = key(feed.alias, viewerDid);
      await redis.eval(SAVE, 1, of, build.id, frozen, keepPersonalMs(feed), MAX_BUILDS_OF_VIEWER);
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

/** Ids begin with their time, so they are in its order. */
const SAVE = `
local id, frozen, keepMs, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
redis.call('HSET', KEYS[1], id, frozen)
local latest = redis.call('HGET', KEYS[1], '${LATEST}')
if not latest or latest < id then redis.call('HSET', KEYS[1], '${LATEST}', id) end
redis.call('PEXPIRE', KEYS[1], keepMs)
local ids = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if field ~= '${LATEST}' then table.insert(ids, field) end
end
table.sort(ids)
for place = 1, #ids - most do redis.call('HDEL', KEYS[1], ids[place]) end
return #ids`;
