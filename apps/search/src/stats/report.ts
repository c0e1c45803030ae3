import { createHash } from 'node:crypto';
import { backoff, inTrace, type Logger, NotEnoughResourcesError, parseJson, pause, sleep } from '@updraft/service';
import type { Leases, Redis } from '@updraft/store';
import { z } from 'zod';

export type ReportName = 'network' | 'collections' | 'ingest' | 'feeds' | 'trends';

/** A computed answer. */
export interface Snapshot {
  /** JSON. */
  readonly body: string;
  /** Quoted, as the header has it. */
  readonly etag: string;
  /** When it was computed, in ms since 1970. */
  readonly computedAtMs: number;
  /** When the first answer of this store was computed, in ms since 1970. */
  readonly firstAtMs: number;
  /** How long it took. */
  readonly tookMs: number;
}

/** An answer that one instance computes for all, from time to time. */
export interface Report {
  /** The last answer, however old. Waits only for the first one, up to the timeout. @throws NotEnoughResourcesError */
  get(): Promise<Snapshot>;
  /** Computes the answer again whenever it is older than the TTL, until the signal aborts. */
  keepFresh(signal: AbortSignal): Promise<void>;
}

export interface ReportOptions {
  readonly name: string;
  /** The age at which an answer is computed again; less while the store is new. */
  readonly ttlMs: number;
  /** An answer lives at least as many times as long as it took to compute: for what is costly. */
  readonly lives?: number;
  /** How long a caller waits for the first answer. */
  readonly coldTimeoutMs: number;
  readonly compute: (nowMs: number) => Promise<unknown>;
  readonly redis: Redis;
  /** Of the keys in Redis. */
  readonly prefix: string;
  readonly leases: Leases;
  readonly log: Logger;
}

/**
 * The answer is kept in memory and, for the other instances and the next start, in Redis. A caller who finds it too old
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
        const freshMs = freshForMs(latest.snapshot(), options);
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
  const { name, log } = options;
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
    isFresh: () => freshForMs(known.snapshot, options) > 0,
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
/** For a new store's first answer. Each later one lives as long as all before it together, up to the TTL. */
const FIRST_TTL_MS = 2_000;

/** The time until the answer must be computed again. */
function freshForMs(
  snapshot: Snapshot | undefined,
  { ttlMs, lives = 0 }: Pick<ReportOptions, 'ttlMs' | 'lives'>,
): number {
  if (snapshot === undefined) return 0;
  const { computedAtMs, firstAtMs, tookMs } = snapshot;
  const lifeMs = Math.min(ttlMs, Math.max(FIRST_TTL_MS, computedAtMs - firstAtMs));
  return computedAtMs + Math.max(lifeMs, tookMs * lives) - Date.now();
}

/** Takes the answer of another instance if it is newer. Unless that is fresh, computes one, if no other instance does. */
async function refreshOnce(options: ReportOptions, known: { snapshot?: Snapshot }): Promise<void> {
  const { name, redis, prefix, leases, log } = options;
  const key = `${prefix}:report:${name}`;
  const kept = await readKept(redis, key);
  const isNewer = kept !== undefined && kept.computedAtMs > (known.snapshot?.computedAtMs ?? 0);
  if (isNewer) known.snapshot = kept;
  if (isNewer && freshForMs(kept, options) > 0) return;
  const lease = await leases.acquire(`report:${name}`);
  if (lease === undefined) return;
  try {
    const nowMs = Date.now();
    const value = await inTrace('report', { attributes: { 'updraft.report': name } }, () => options.compute(nowMs));
    const firstAtMs = known.snapshot?.firstAtMs ?? nowMs;
    known.snapshot = { ...toAnswer(value), computedAtMs: nowMs, firstAtMs, tookMs: Date.now() - nowMs };
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
  // Snapshots of earlier versions lack it: their store is not new.
  firstAtMs: z.number().default(0),
  tookMs: z.number().default(0),
});

/** The answer in Redis; undefined when there is none or it is malformed. */
async function readKept(redis: Redis, key: string): Promise<Snapshot | undefined> {
  const text = await redis.get(key);
  return text === null ? undefined : keptSnapshot.safeParse(parseJson(text)).data;
}

function toAnswer(value: unknown): Pick<Snapshot, 'body' | 'etag'> {
  const body = JSON.stringify(value);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { body, etag };
}
