import { parseTid } from '@updraft/atproto';

/** What the owner wants kept although its type and age say otherwise. */
export interface KeepOptions {
  /** The post that the profile pins. */
  readonly pinned: boolean;
  /** Posts in a thread of the owner's own. */
  readonly threads: boolean;
  /** Posts with at least so many likes. */
  readonly minLikes?: number | undefined;
  /** `collection/rkey` of records. */
  readonly paths: readonly string[];
}

export const DEFAULT_KEEP: KeepOptions = { pinned: true, threads: false, paths: [] };

/**
 * Why a record stays that its type and age would delete. `unknown_media`: it has something attached of which we can't say
 * whether it is media; `likes_unknown`: the index does not hold the post, or not all of its likes any more, so nobody can say how many it has.
 */
export const KEEP_REASONS = ['unknown_media', 'pinned', 'listed', 'thread', 'liked', 'likes_unknown'] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];
export type KeptCounts = Readonly<Partial<Record<KeepReason, number>>>;

/** The account's posts that the index holds, by the TIDs of their keys, which rise. Those of which likes are gone may be in `enough` only. */
export interface LikedPosts {
  readonly enough: BigUint64Array;
  readonly few: BigUint64Array;
}

/** What is known of the repository and of the network when each record is looked at. */
export interface KeepFacts {
  /** `collection/rkey`. */
  readonly pinnedPath: string | undefined;
  readonly listed: ReadonlySet<string>;
  readonly isInThread: (rkey: string, post: unknown) => boolean;
  /** Undefined where likes don't matter. */
  readonly likes: LikedPosts | undefined;
}

const POST = 'app.bsky.feed.post';

/** Why the owner wants this record kept; undefined for one that may go. */
export function keptBecause(
  facts: KeepFacts,
  { collection, rkey, value }: { collection: string; rkey: string; value: unknown },
): KeepReason | undefined {
  const path = `${collection}/${rkey}`;
  if (facts.listed.has(path)) return 'listed';
  if (collection !== POST) return undefined;
  if (facts.pinnedPath === path) return 'pinned';
  if (facts.isInThread(rkey, value)) return 'thread';
  if (facts.likes === undefined) return undefined;
  const key = tidNumber(rkey);
  if (key !== undefined && includes(facts.likes.few, key)) return undefined;
  return key !== undefined && includes(facts.likes.enough, key) ? 'liked' : 'likes_unknown';
}

/** The keys as numbers, sorted; those that are no TIDs are left out. */
export function tidNumbers(rkeys: Iterable<string>): BigUint64Array<ArrayBuffer> {
  const numbers: bigint[] = [];
  for (const rkey of rkeys) {
    const key = tidNumber(rkey);
    if (key !== undefined) numbers.push(key);
  }
  return BigUint64Array.from(numbers).toSorted();
}

function tidNumber(rkey: string): bigint | undefined {
  const tid = parseTid(rkey);
  return tid === undefined ? undefined : (BigInt(tid.micros) << 10n) | BigInt(tid.clockId);
}

function includes(sorted: BigUint64Array, wanted: bigint): boolean {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const value = sorted[middle] ?? 0n;
    if (value === wanted) return true;
    if (value < wanted) from = middle + 1;
    else to = middle;
  }
  return false;
}
