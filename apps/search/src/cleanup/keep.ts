import { parseTid } from '@updraft/atproto';
import type { KeepReason } from '@updraft/console-api/views';

/** What the owner keeps although the rule would delete it. */
export interface KeepOptions {
  /** The post that the profile pins. */
  readonly pinned: boolean;
  /** Posts in threads that the owner began. */
  readonly threads: boolean;
  /** Posts with at least this many likes. */
  readonly minLikes?: number | undefined;
  /** Records, as `collection/rkey`. */
  readonly paths: readonly string[];
}

export const DEFAULT_KEEP: KeepOptions = { pinned: true, threads: false, paths: [] };

export type KeptCounts = Readonly<Partial<Record<KeepReason, number>>>;

/** Rising TIDs of the account's posts in the index. A post whose likes are not all there can only be in `enough`. */
export interface LikedPosts {
  readonly enough: BigUint64Array;
  readonly few: BigUint64Array;
}

/** What keptBecause() knows of the repository and of the network. */
export interface KeepFacts {
  /** `collection/rkey`. */
  readonly pinnedPath: string | undefined;
  readonly listed: ReadonlySet<string>;
  readonly isInThread: (rkey: string, post: unknown) => boolean;
  /** Undefined where likes don't matter. */
  readonly likes: LikedPosts | undefined;
}

const POST = 'app.bsky.feed.post';

/** Why the record stays; undefined when it may be deleted. */
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

/** The keys as sorted numbers, without those that are not TIDs. */
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
