import { NotEnoughResourcesError } from '@updraft/service';
import type { Leases } from '@updraft/store';
import { type ClickHouse, countRecentLikes, likeGenerations } from '@updraft/store';
import type { LatestLikeCounts } from './search-posts.ts';

export interface LikeCountsOptions {
  readonly clickhouse: ClickHouse;
  readonly leases: Leases;
  /** Counts older than this are made anew, in the background, when somebody asks. */
  readonly ttlMs: number;
  readonly onError: (error: unknown) => void;
}

/** Keeps the likes of the last day counted, by one instance for all, for as long as anybody sorts by them. */
export function createLikeCounts({ clickhouse, leases, ttlMs, onError }: LikeCountsOptions): LatestLikeCounts {
  let counting: Promise<number | undefined> | undefined;
  const count = () => {
    counting ??= countUnderLease(clickhouse, leases).finally(() => {
      counting = undefined;
    });
    return counting;
  };
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

/** Counts that are older than this are made anew before anything is sorted by them. */
const USABLE_MS = 1_800_000;

/** The generation that was made, which may hold nothing; undefined while another instance makes one. */
async function countUnderLease(clickhouse: ClickHouse, leases: Leases): Promise<number | undefined> {
  const lease = await leases.acquire('like-counts');
  if (lease === undefined) return undefined;
  try {
    return await countRecentLikes(clickhouse, Date.now());
  } finally {
    await lease.release();
  }
}
