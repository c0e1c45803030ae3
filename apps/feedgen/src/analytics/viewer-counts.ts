import { every } from '@updraft/service';
import type { Redis } from '@updraft/store';
import type { FeedgenMetrics } from '../metrics.ts';

/** Unique signed-in viewers of each feed and day over all instances, in HyperLogLogs of at most 12 KB. */
export interface ViewerCounts {
  see(alias: string, viewerDid: string): void;
  /** Viewers since 00:00 UTC, within 1 %. */
  today(alias: string): number;
  run(signal: AbortSignal): Promise<void>;
}

export interface ViewerCountsOptions {
  redis: Redis;
  prefix: string;
  aliases: readonly string[];
  metrics: Pick<FeedgenMetrics, 'uniqueViewers'>;
  onError: (error: unknown) => void;
}

/** Viewers kept between two writes, all feeds together. More are not counted. */
const MAX_WAITING = 100_000;
const INTERVAL_MS = 5_000;
/** Viewers that one call names: very many arguments are more than the stack holds. */
const MAX_NAMED = 5_000;
const KEEP_S = 8 * 24 * 3600;

export function createViewerCounts(options: ViewerCountsOptions): ViewerCounts {
  const { redis, prefix, aliases, metrics, onError } = options;
  const waiting = new Map<string, Set<string>>(aliases.map((alias) => [alias, new Set()]));
  const counts = new Map<string, number>();
  let size = 0;

  /** Viewers that Redis has not taken are kept for the next time. */
  async function write(key: string, viewers: Set<string>): Promise<void> {
    for (const taken of inGroups([...viewers])) {
      await redis.pfadd(key, ...taken);
      await redis.expire(key, KEEP_S);
      for (const viewer of taken) viewers.delete(viewer);
      size -= taken.length;
    }
  }

  async function flush(): Promise<void> {
    const day = new Date().toISOString().slice(0, 10);
    const keyOf = (alias: string) => `${prefix}:viewers:${alias}:${day}`;
    for (const [alias, viewers] of waiting) await write(keyOf(alias), viewers);
    for (const alias of aliases) {
      const count = await redis.pfcount(keyOf(alias));
      counts.set(alias, count);
      metrics.uniqueViewers.set({ feed: alias }, count);
    }
  }

  return {
    see: (alias, viewerDid) => {
      const viewers = waiting.get(alias);
      if (viewers === undefined || size >= MAX_WAITING || viewers.has(viewerDid)) return;
      viewers.add(viewerDid);
      size += 1;
    },
    today: (alias) => counts.get(alias) ?? 0,
    run: (signal) => every(INTERVAL_MS, signal, flush, onError),
  };
}

function* inGroups(viewers: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < viewers.length; start += MAX_NAMED) yield viewers.slice(start, start + MAX_NAMED);
}
