/*
 * What each process says of itself in Redis, so that operators see which run. In: facts, every 10 s. Out: a key that lives for a
 * minute, and an index of such keys. Keeps: bounded in size and number; what is not an announcement is passed over.
 */

import { once } from 'node:events';
import { hostname } from 'node:os';
import { every, parseJson, readBuildInfo } from '@updraft/service';
import { z } from 'zod';
import { UnavailableError } from '../errors.ts';
import type { StoreLog } from '../log.ts';
import type { Redis } from './client.ts';

const figures = z.record(z.string().max(60), z.union([z.string().max(2_000), z.number()]));
/** Milliseconds since 1970, of which a Date can be made. */
const time = z.int().nonnegative().max(8.64e15);
const build = z.object({
  /** A record key, and the name of a variant. */
  feed: z.string().max(600),
  builtAt: time,
  posts: z.int().nonnegative(),
  /** How long its query took, where this process ran it. */
  seconds: z.number().nonnegative().optional(),
});
const said = z.object({
  name: z.string().min(1).max(40),
  instance: z.string().min(1).max(300),
  version: z.string().max(100),
  commit: z.string().max(100),
  startedAt: time,
  facts: figures,
  builds: z.array(build),
});

export type AnnouncedBuild = z.output<typeof build>;
/** `seenAt` is by the reader's clock, in ms since 1970. */
export type Announcement = z.output<typeof said> & { readonly seenAt: number };

/** What a process tells beside who it is. */
export interface Telling {
  readonly facts: z.output<typeof figures>;
  /** The builds that a feed generator serves. */
  readonly builds?: readonly AnnouncedBuild[];
}

export interface AnnouncerOptions {
  readonly redis: Redis;
  /** REDIS_PREFIX. */
  readonly prefix: string;
  readonly name: 'indexer' | 'feedgen' | 'search';
  tell(): Telling;
  readonly log: StoreLog;
}

const EVERY_MS = 10_000;
const LIVES_MS = 60_000;
const FORGOTTEN_AFTER_MS = 86_400_000;
const GOODBYE_MS = 500;
const MAX_BUILDS = 500;
const MAX_BYTES = 400_000;
const MAX_READ = 100;

/** Says every 10 s that this process runs, and what it has to tell, until the signal aborts. Never rejects: while Redis is away nobody reads it. */
export async function announce(options: AnnouncerOptions, signal: AbortSignal): Promise<void> {
  const { redis, prefix, name } = options;
  const { version = '', commit = '' } = readBuildInfo();
  const instance = `${hostname()}-${process.pid}`;
  const startedAt = Date.now() - Math.round(process.uptime() * 1000);
  const member = `${name}:${instance}`;
  const key = keyOf(prefix, member);
  const say = async (): Promise<void> => {
    const text = JSON.stringify({ name, instance, version, commit, startedAt, ...toldBy(options) });
    // Redis's clock, so that a process with a wrong one neither forgets the others nor stays the newest for ever.
    const nowMs = 1000 * Number((await redis.time())[0]);
    await redis
      .multi()
      .set(key, text, 'PX', LIVES_MS)
      .zadd(indexOf(prefix), nowMs, member)
      .zremrangebyscore(indexOf(prefix), '-inf', nowMs - FORGOTTEN_AFTER_MS)
      .zremrangebyscore(indexOf(prefix), nowMs + FORGOTTEN_AFTER_MS, '+inf')
      .exec();
  };
  const ended = every(EVERY_MS, signal, say, () => {})
    .then(() => redis.del(key))
    .catch(() => undefined);
  if (!signal.aborted) await once(signal, 'abort');
  // Nothing that stops waits for a Redis that is away: the key goes by itself.
  await Promise.race([ended, new Promise((go) => setTimeout(go, GOODBYE_MS).unref())]);
}

/** A fault in what a process tells of itself leaves it among those that run. */
function toldBy({ tell, log }: AnnouncerOptions): Required<Telling> {
  try {
    const { facts, builds = [] } = tell();
    const all = Object.entries({ memoryBytes: process.memoryUsage.rss(), ...facts });
    return {
      facts: Object.fromEntries(all.filter(([, value]) => typeof value === 'string' || Number.isFinite(value))),
      builds: builds.slice(0, MAX_BUILDS),
    };
  } catch (err) {
    log.warn({ err }, 'operators see less of this process: what it tells of itself could not be put together');
    return { facts: {}, builds: [] };
  }
}

/** Likewise, until it is disposed of. */
export function announcing(options: AnnouncerOptions): AsyncDisposable {
  const over = new AbortController();
  const ended = announce(options, over.signal);
  return {
    [Symbol.asyncDispose]: () => {
      over.abort();
      return ended;
    },
  };
}

/** What the processes said within the last minute, by name and instance. */
export async function readAnnouncements(redis: Redis, prefix: string, nowMs: number): Promise<Announcement[]> {
  const members = await unlessOther(redis.zrevrange(indexOf(prefix), 0, MAX_READ - 1), []);
  const read = await Promise.all(members.map((member) => readOne(redis, keyOf(prefix, member), nowMs)));
  const key = ({ name, instance }: Announcement): string => `${name} ${instance}`;
  return read.filter((one) => one !== undefined).toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

async function readOne(redis: Redis, key: string, nowMs: number): Promise<Announcement | undefined> {
  const [text, leftMs] = await Promise.all([unlessOther(redis.getrange(key, 0, MAX_BYTES), ''), redis.pttl(key)]);
  const read = said.safeParse(parseJson(text));
  if (!read.success || leftMs < 0) return undefined;
  return { ...read.data, seenAt: nowMs - Math.max(0, LIVES_MS - leftMs) };
}

/** A key that holds something of another kind is as good as none. */
async function unlessOther<T>(asked: Promise<T>, none: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof UnavailableError && error.code === 'WRONGTYPE') return none;
    throw error;
  }
}

function indexOf(prefix: string): string {
  return `${prefix}:services`;
}

function keyOf(prefix: string, member: string): string {
  return `${prefix}:service:${member}`;
}
