import { BACKDATED_TOKEN, backdatedToken } from '@updraft/atproto';
import type { QueryParams } from '../../clickhouse/types.ts';
import { type PostPlace, placeParams } from './found-post.ts';
import type { PostFilter } from './post-filter.ts';

export interface NewestQuery extends PostFilter {
  /** `sort_at >= fromMs`; 0 for all time. */
  readonly fromMs: number;
  /** `sort_at < toMs`. */
  readonly toMs: number;
  /** Only what comes after this place. */
  readonly after: PostPlace | undefined;
  readonly limit: number;
}

/** `sort_at` never exceeds the record's hour, and is at most an hour before it unless the post is backdated. */
export function stretchParams({ fromMs, toMs, after, limit }: NewestQuery): QueryParams {
  const hours = { firstHour: Math.max(1, hourOf(fromMs)), lastHour: hourOf(toMs - 1) + 1 };
  return { fromMs, toMs, ...hours, ...placeParams('after', after), limit };
}

/** A mark for each day, or for a long stretch the mark of everything backdated. */
export function backdatedMarks({ fromMs, toMs }: NewestQuery): string[] {
  const days: string[] = [];
  for (let day = Math.floor(fromMs / DAY_MS); day <= Math.floor((toMs - 1) / DAY_MS); day++) {
    if (days.length === MAX_DAY_MARKS) return [BACKDATED_TOKEN];
    days.push(backdatedToken(day * DAY_MS));
  }
  return days;
}

export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_DAY_MARKS = 40;
