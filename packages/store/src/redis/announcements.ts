/*
 * What each process says of itself in Redis, so that operators see which run. In: facts, every 10 s. Out: a key that lives for a
 * minute, and an index of such keys. Keeps: bounded in size and number; what is not an announcement is passed over.
 */

import { hostname } from 'node:os';
import { every, parseJson, readBuildInfo } from '@updraft/service';
import { z } from 'zod';
import { UnavailableError } from '../errors.ts';
import type { Redis } from './client.ts';

const facts = z.record(z.string().max(60), z.union([z.string().max(2_000), z.number()]));
const build = z.object({
  feed: z.string().max(200),
  /** Milliseconds since 1970. */
  builtAt: z.int().nonnegative(),
  posts: z.int().nonnegative(),
  /** How long its query took, where this process ran it. */
  seconds: z.number().nonnegative().optional(),
});
const said = z.object({
  name: z.string().min(1).max(40),
  instance: z.string().min(1).max(200),
  version: z.string().max(100),
  commit: z.string().max(100),
  /** Milliseconds since 1970. */
  startedAt: z.int().nonnegative().max(8.64e15),
  facts,
  builds: z.array(build),
});

export type AnnouncedBuild = z.output<typeof build>;
/** `seenAt` is by the reader's clock, in ms since 1970. */
export type Announcement = z.output<typeof said> & { readonly seenAt: number };

/** What a process tells beside who it is. */
export interface Telling {
  readonly facts: z.output<typeof facts>;
  /** The builds that a feed generator serves. */
  readonly builds?: readonly AnnouncedBuild[];
}

export interface AnnouncerOptions {
  readonly redis: Redis;
  /** REDIS_PREFIX. */
  readonly prefix: string;
  readonly name: 'indexer' | 'feedgen' | 'search';
  tell(): Telling;
}

const EVERY_MS = 10_000;
const LIVES_MS = 60_000;
const FORGOTTEN_AFTER_MS = 86_400_000;
const MAX_BUILDS = 500;
const MAX_BYTES = 200_000;
const MAX_READ = 100;

/** Says every 10 s that this process runs, and what it has to tell, until the signal aborts. Never rejects: while Redis is away nobody reads it. */
export async function announce({ redis, prefix, name, tell }: AnnouncerOptions, signal: AbortSignal): Promise<void> {
  const { version = '', commit = '' } = readBuildInfo();
  const instance = `${hostname()}-${process.pid}`;
  const startedAt = Date.now() - Math.round(process.uptime() * 1000);
  const member = `${name}:${instance}`;
  const say = async (): Promise<void> => {
    const { facts, builds = [] } = tell();
    const all = Object.entries({ memoryBytes: process.memoryUsage.rss(), ...facts });
    const text = JSON.stringify({
      name,
      instance,
      version,
      commit,
      startedAt,
      facts: Object.fromEntries(all.filter(([, value]) => typeof value === 'string' || Number.isFinite(value))),
      builds: builds.slice(0, MAX_BUILDS),
    });
    const nowMs = Date.now();
    await redis
      .multi()
      .set(keyOf(prefix, member), text, 'PX', LIVES_MS)
      .zadd(indexOf(prefix), nowMs, member)
      .zremrangebyscore(indexOf(prefix), '-inf', nowMs - FORGOTTEN_AFTER_MS)
      .exec();
  };
  await every(EVERY_MS, signal, say, () => {});
  await redis.del(keyOf(prefix, member)).catch(() => undefined);
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
