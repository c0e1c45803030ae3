import type { Logger } from '@updraft/service';
import { type ClickHouse, type NewLike, newestLikes } from '@updraft/store';
import type { FeedgenMetrics } from '../metrics.ts';
import { createSeldomWarning } from '../seldom-warning.ts';

const MAX_LIKES = 500;
/** The rest of a page's second is for the posts. */
const TIMEOUT_MS = 2_000;

export interface SeedLikesOptions {
  readonly clickhouse: ClickHouse;
  readonly metrics: Pick<FeedgenMetrics, 'graphSeeds'>;
  readonly log: Logger;
}

export type SeedLikes = (
  did: string,
  query: { readonly hours: readonly number[]; readonly nowMs: number; readonly signal: AbortSignal },
) => Promise<readonly NewLike[] | undefined>;

/** A viewer's newest likes, as fresh as the index. Undefined when they can't be read now: then those of the graph serve. */
export function createSeedLikes({ clickhouse, metrics, log }: SeedLikesOptions): SeedLikes {
  const warn = createSeldomWarning(log, "a viewer's likes could not be read: those of the graph serve");
  return async (did, { hours, nowMs, signal }) => {
    try {
      const likes = await newestLikes(
        clickhouse,
        { did, hours, nowMs, limit: MAX_LIKES },
        { timeoutMs: TIMEOUT_MS, signal, settings: { max_threads: 1 } },
      );
      metrics.graphSeeds.inc({ source: 'index' });
      return likes;
    } catch (err) {
      signal.throwIfAborted();
      metrics.graphSeeds.inc({ source: 'graph' });
      return warn(err);
    }
  };
}
