import { type Logger, NotEnoughResourcesError } from '@updraft/service';
import { type ClickHouse, countRecentLikes, type Leases, likeGenerations } from '@updraft/store';
import type { LatestLikeCounts } from './search-posts.ts';

export interface LikeCountsOptions {
  readonly clickhouse: ClickHouse;
  readonly leases: Leases;
  /** Counts older than this are made again, in the background, when somebody asks for them. */
  readonly ttlMs: number;
  readonly log: Logger;
}

/** Keeps the likes of the last day counted, by one instance for all, while anybody sorts by them. */
export function createLikeCounts({ clickhouse, leases, ttlMs, log }: LikeCountsOptions): LatestLikeCounts {
  let counting: Promise<number | undefined> | undefined;
  const count = () => {
    counting ??= countUnderLease(clickhouse, leases).finally(() => {
      counting = undefined;
    });
    return counting;
  };
  const onError = (err: unknown) => log.warn({ err }, 'the likes of the day could not be counted');
  return async () => {
    const [latest] = await likeGenerations(clickhouse);
    if (latest !== undefined && Date.now() - latest < USABLE_MS) {
      if (Date.now() - latest > ttlMs) count().catch(onError);
      return latest;
    }
    const made = (await count()) ?? (await likeGenerations(clickhouse))[0];
    if (made !== undefined) return made;
    throw new NotEnoughResourcesError('the likes of the day are being counted; ask again soon', { retryAfterS: 10 });
  };
}

/** Counts that are older than this are made again before anything is sorted by them. */
const USABLE_MS = 1_800_000;

/** The new generation, which may be empty; undefined while another instance counts. */
async function countUnderLease(clickhouse: ClickHouse, leases: Leases): Promise<number | undefined> {
  const lease = await leases.acquire('like-counts');
  if (lease === undefined) return undefined;
  try {
    return await countRecentLikes(clickhouse, Date.now());
  } finally {
    await lease.release();
  }
}
