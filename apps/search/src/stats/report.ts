import { createHash } from 'node:crypto';
import { backoff, inTrace, type Logger, NotEnoughResourcesError, parseJson, pause, sleep } from '@updraft/service';
import type { Leases, Redis } from '@updraft/store';
import { z } from 'zod';

/** A finished answer. */
export interface Snapshot {
  /** JSON. */
  readonly body: string;
  /** Quoted, as the header has it. */
  readonly etag: string;
  /** When it was computed, in ms since 1970. */
  readonly computedAtMs: number;
  /** When the first answer of this store was computed, in ms since 1970. */
  readonly firstAtMs: number;
}

/** An answer that is computed now and then, by one instance for all. */
export interface Report {
  /** The last answer, however old, without waiting; while there is none, waits for it up to the timeout. @throws NotEnoughResourcesError */
  get(): Promise<Snapshot>;
  /** Computes again whenever the last answer is older than the TTL, until the signal aborts. */
  keepFresh(signal: AbortSignal): Promise<void>;
}

export interface ReportOptions {
  readonly name: string;
  /** An answer is computed again when it is that old, sooner while the store is new. */
  readonly ttlMs: number;
  /** How long a caller waits when there is no answer at all. */
  readonly coldTimeoutMs: number;
  readonly compute: (nowMs: number) => Promise<unknown>;
  readonly redis: Redis;
  readonly leases: Leases;
  readonly log: Logger;
}

/**
 * The answer is kept in memory and, for the other instances and the next start, in Redis. Whoever asks for one that is too old
 * starts its computation in the background, under a lease, and gets the old one meanwhile.
 */
export function createReport(options: ReportOptions): Report {
  const { coldTimeoutMs, ttlMs } = options;
  const latest = createLatest(options);
  return {
    get: async () => {
      const snapshot = latest.snapshot();
      if (snapshot === undefined) return waitForFirst(latest, coldTimeoutMs);
      if (!latest.isFresh()) void latest.refresh();
      return snapshot;
    },
    keepFresh: async (signal) => {
      const retry = backoff({ minMs: Math.min(1_000, ttlMs), maxMs: Math.max(ttlMs, 60_000) });
      while (!signal.aborted) {
        if (latest.isFresh() || ((await latest.refresh()) && latest.isFresh())) retry.reset();
        const freshMs = freshForMs(latest.snapshot(), ttlMs);
        await pause(freshMs > 0 ? freshMs : retry.next(), signal);
      }
    },
  };
}

/** The newest answer that this instance has. */
interface Latest {
  snapshot(): Snapshot | undefined;
  isFresh(): boolean;
  /** One at a time. False when it failed, which is logged. */
  refresh(): Promise<boolean>;
}

function createLatest(options: ReportOptions): Latest {
  const { name, ttlMs, log } = options;
  const known: { snapshot?: Snapshot } = {};
  let refreshing: Promise<boolean> | undefined;
  const refresh = async (): Promise<boolean> => {
    try {
      await refreshOnce(options, known);
      return true;
    } catch (error) {
      log.warn({ err: error, report: name }, 'a report could not be computed');
      return false;
    } finally {
      refreshing = undefined;
    }
  };
  return {
    snapshot: () => known.snapshot,
    isFresh: () => freshForMs(known.snapshot, ttlMs) > 0,
    refresh: () => (refreshing ??= refresh()),
  };
}

async function waitForFirst(latest: Latest, timeoutMs: number): Promise<Snapshot> {
  const deadline = Date.now() + timeoutMs;
  for (let leftMs = timeoutMs; leftMs > 0; leftMs = deadline - Date.now()) {
    await Promise.race([latest.refresh(), sleep(leftMs)]);
    const snapshot = latest.snapshot();
    if (snapshot !== undefined) return snapshot;
    await sleep(Math.max(0, Math.min(RETRY_MS, deadline - Date.now())));
  }
  throw new NotEnoughResourcesError('this is being computed; ask again soon', { retryAfterS: 10 });
}

const RETRY_MS = 250;
/** Of the first answer of a new store, which is being filled: each one lives as long as all before it, until that is the TTL. */
const FIRST_TTL_MS = 2_000;

/** How long the answer may still be given before it is computed again. */
function freshForMs(snapshot: Snapshot | undefined, ttlMs: number): number {
  if (snapshot === undefined) return 0;
  const { computedAtMs, firstAtMs } = snapshot;
  const lifeMs = Math.min(ttlMs, Math.max(FIRST_TTL_MS, computedAtMs - firstAtMs));
  return computedAtMs + lifeMs - Date.now();
}

/** Takes what another instance computed when that is newer than ours. Unless it is fresh, computes, or leaves that to another instance. */
async function refreshOnce(options: ReportOptions, known: { snapshot?: Snapshot }): Promise<void> {
  const { name, ttlMs, redis, leases, log } = options;
  const key = `report:${name}`;
  const kept = await readKept(redis, key);
  const isNewer = kept !== undefined && kept.computedAtMs > (known.snapshot?.computedAtMs ?? 0);
  if (isNewer) known.snapshot = kept;
  if (isNewer && freshForMs(kept, ttlMs) > 0) return;
  const lease = await leases.acquire(key);
  if (lease === undefined) return;
  try {
    const nowMs = Date.now();
    const value = await inTrace('report', { attributes: { 'updraft.report': name } }, () => options.compute(nowMs));
    known.snapshot = toSnapshot(value, nowMs, known.snapshot?.firstAtMs ?? nowMs);
    await redis.set(key, JSON.stringify(known.snapshot), 'EX', KEPT_FOR_S).catch((error: unknown) => {
      log.warn({ err: error, report: name }, 'a report could not be left in Redis for the other instances');
    });
  } finally {
    await lease.release();
  }
}

const KEPT_FOR_S = 7 * 86_400;

const keptSnapshot: z.ZodType<Snapshot> = z.object({
  body: z.string(),
  etag: z.string(),
  computedAtMs: z.number(),
  // A snapshot of an earlier version does not say it: its store is not new.
  firstAtMs: z.number().default(0),
});

/** What an instance left in Redis; undefined where it can't be read, so that it is computed again. */
async function readKept(redis: Redis, key: string): Promise<Snapshot | undefined> {
  const text = await redis.get(key);
  return text === null ? undefined : keptSnapshot.safeParse(parseJson(text)).data;
}

function toSnapshot(value: unknown, computedAtMs: number, firstAtMs: number): Snapshot {
  const body = JSON.stringify(value);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { body, etag, computedAtMs, firstAtMs };
}
