import type { SourceQuery } from '@updraft/store';

type Kind = SourceQuery['from'];

/** Members and waiting accounts that one source may have. Others wait until there is room. */
export const MAX_ACCOUNTS = 100_000;
/** Accounts that a source brings in one round. */
export const MAX_BROUGHT = 20_000;
/** Accounts whose changes are written at once. */
export const MAX_WRITTEN = 5_000;

const HOUR_MS = 3_600_000;

/** How far back a round reads the records of a source: longer than they usually are late. A list is read whole. */
export const RECENT_MS: Readonly<Record<Kind, number | undefined>> = {
  list: undefined,
  followers: 26 * HOUR_MS,
  posts: 26 * HOUR_MS,
  profiles: 26 * HOUR_MS,
  likes: 3 * HOUR_MS,
};
/** How often all records of a source are read, for those that came later than that. */
export const WHOLE_EVERY_MS = 6 * HOUR_MS;
/** After a whole reading that failed. */
export const WHOLE_AGAIN_MS = 600_000;
export const WHOLE_TIMEOUT_MS = 300_000;
export const ROUND_TIMEOUT_MS = 30_000;

/** Each how many rounds a source is read. The profiles that changed lately are found by a scan of one column. */
export const EVERY_ROUNDS: Readonly<Record<Kind, number>> = { list: 1, followers: 1, posts: 1, profiles: 6, likes: 1 };

/** Accounts of a source that a round checks for whether the source still has them. Who posted a hashtag has done so for good. */
export const CHECKED: Readonly<Record<Kind, number>> = {
  list: 10_000,
  followers: 500,
  posts: 0,
  profiles: 500,
  likes: 500,
};
/** Sources that can be asked about any account. */
export const CAN_BE_ASKED: ReadonlySet<Kind> = new Set(['list', 'followers', 'profiles']);

/** A person's change wins over what a source says when they meet within this time, which is longer than a call takes. */
export const YIELD_MICROS = 30_000_000;
