import { EARLIEST_CREATED_AT_MS, mediaOf, parseTimeMs, recordTime } from '@updraft/atproto';
import type { CleanupType } from '@updraft/console-api/views';

/** What a clean-up deletes: records of these types that are older than this moment. */
export interface CleanupRule {
  readonly types: readonly CleanupType[];
  /** Milliseconds since 1970. */
  readonly olderThanMs: number;
}

/** A record that a clean-up deletes. */
export interface Deletion {
  readonly type: CleanupType;
  readonly collection: string;
  readonly rkey: string;
}

/** The prefix of all collections that a clean-up touches. */
export const CLEANUP_PREFIX = 'app.bsky.feed.';

/**
 * Decides what a clean-up deletes, for the dry run and for the job. A record's age is its createdAt, which its owner sees, or
 * when that is not a date, the time in its key. A record of unknown age stays. So does, as `unknown_media`, a post with
 * something attached that may be media: what we don't know is not "no media".
 */
export function deletionOf(
  rule: CleanupRule,
  collection: string,
  rkey: string,
  record: unknown,
): Deletion | 'unknown_media' | undefined {
  const type = typeOf(collection, record);
  if (type === undefined) return undefined;
  if (type === 'unknown_media' ? !takesPosts(rule) : !rule.types.includes(type)) return undefined;
  const madeAtMs = madeAt(rkey, record);
  if (madeAtMs === undefined || madeAtMs >= rule.olderThanMs) return undefined;
  return type === 'unknown_media' ? type : { type, collection, rkey };
}

function takesPosts({ types }: CleanupRule): boolean {
  return types.includes('post') || types.includes('post_with_media');
}

function typeOf(collection: string, record: unknown): CleanupType | 'unknown_media' | undefined {
  switch (collection) {
    case 'app.bsky.feed.post':
      return POST_TYPES[mediaOf(record)];
    case 'app.bsky.feed.repost':
      return 'repost';
    case 'app.bsky.feed.like':
      return 'like';
    default:
      return undefined;
  }
}

const POST_TYPES = { none: 'post', media: 'post_with_media', unknown: 'unknown_media' } as const;

function madeAt(rkey: string, record: unknown): number | undefined {
  const written = typeof record === 'object' && record !== null && 'createdAt' in record ? record.createdAt : undefined;
  const createdAtMs = parseTimeMs(written);
  if (createdAtMs !== undefined && createdAtMs >= EARLIEST_CREATED_AT_MS) return createdAtMs;
  const { recordTimeS } = recordTime(rkey);
  return recordTimeS === 0 ? undefined : recordTimeS * 1000;
}
