import { every } from '@updraft/service';
import type { Redis } from '@updraft/store';
import type { FeedgenMetrics } from '../metrics.ts';

/** Unique signed-in viewers a feed and day, in HyperLogLogs of at most 12 KB each, over all instances. */
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
  now?: () => number;
  intervalMs?: number;
}

/** Viewers kept between two writes, all feeds together; more than that are not counted. */
const MAX_WAITING = 100_000;
const KEEP_S = 8 * 24 * 3600;

export function createViewerCounts(options: ViewerCountsOptions): ViewerCounts {
  const { redis, prefix, aliases, metrics, onError, now = Date.now, intervalMs = 5_000 } = options;
  const waiting = new Map<string, Set<string>>(aliases.map((alias) => [alias, new Set()]));
  const counts = new Map<string, number>();
  let size = 0;

  async function flush(): Promise<void> {
    const day = new Date(now()).toISOString().slice(0, 10);
    const seen = [...waiting].map(([alias, viewers]): [string, string[]] => [alias, [...viewers]]);
    for (const viewers of waiting.values()) viewers.clear();
    size = 0;
    const pipeline = redis.pipeline();
    for (const [alias, viewers] of seen) {
      const key = `${prefix}:viewers:${alias}:${day}`;
      if (viewers.length > 0) pipeline.pfadd(key, ...viewers).expire(key, KEEP_S);
    }
    await pipeline.exec();
    for (const alias of aliases) {
      const count = await redis.pfcount(`${prefix}:viewers:${alias}:${day}`);
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
    run: (signal) => every(intervalMs, signal, flush, onError),
  };
}
