import type { Fold, TrueRecord } from './fold.ts';
import { isFields } from './frame.ts';
import { recordSeconds, sortAt, truePost, trueSubjectUri } from './typed.ts';

/** How a ranked feed chooses and orders posts. Times are milliseconds since 1970. */
export interface Ranking {
  readonly kind: 'hot' | 'top';
  readonly asOfMs: number;
  readonly windowHours: number;
  /** Younger posts have no rank yet. */
  readonly minAgeMinutes: number;
  readonly minLikes: number;
  readonly replies: boolean;
  readonly gravity: number;
  readonly size: number;
}

/** The original's whats-hot: 24 hours, at least 5 minutes old, no replies, at least 15 likes, (likes − 1) / (age in hours + 2)^1.8. */
export const WHATS_HOT: Omit<Ranking, 'asOfMs'> = {
  kind: 'hot',
  windowHours: 24,
  minAgeMinutes: 5,
  minLikes: 15,
  replies: false,
  gravity: 1.8,
  size: 3_000,
};

/** The original's top feeds: most liked in the window, more than 10 likes. */
export const TOP: Omit<Ranking, 'asOfMs' | 'windowHours'> = {
  kind: 'top',
  minAgeMinutes: 0,
  minLikes: 11,
  replies: true,
  gravity: 0,
  size: 3_000,
};

export interface RankedPost {
  readonly uri: string;
  readonly likes: number;
  readonly score: number;
  readonly sortAtMs: number;
}

/**
 * The posts of a ranked feed in their order. Posts and likes count when they show, when their rkey tells a time, and when they are not
 * from the future; likes from the window's first hour on (by their rkeys), one for each account and post. Ties go to the newer post, then by uri.
 */
export function rank(fold: Fold, ranking: Ranking): RankedPost[] {
  const { kind, asOfMs, windowHours, minAgeMinutes, minLikes, replies, gravity, size } = ranking;
  const fromMs = asOfMs - windowHours * 3_600_000;
  const likers = likersBySubject(fold, fromMs, asOfMs);
  const ranked: RankedPost[] = [];
  for (const [uri, record] of fold.records) {
    const likes = likers.get(uri)?.size ?? 0;
    if (record.commit.collection !== 'app.bsky.feed.post' || likes < minLikes || !fold.shows(record)) continue;
    const post = truePost(record.commit.record);
    const sortAtMs = sortTime(record);
    if (recordSeconds(record.commit.rkey) === 0 || (!replies && post.parent_uri !== '')) continue;
    if (sortAtMs <= fromMs || sortAtMs > asOfMs - minAgeMinutes * 60_000) continue;
    const ageHours = (asOfMs - sortAtMs) / 3_600_000;
    ranked.push({ uri, likes, sortAtMs, score: kind === 'top' ? likes : (likes - 1) / (ageHours + 2) ** gravity });
  }
  ranked.sort((a, b) => b.score - a.score || b.sortAtMs - a.sortAtMs || (a.uri < b.uri ? -1 : 1));
  return ranked.slice(0, size);
}

/** The accounts that like each post, by its uri; of all times unless bounds are given. */
export function likersBySubject(
  fold: Fold,
  fromMs = Number.NEGATIVE_INFINITY,
  asOfMs = Number.POSITIVE_INFINITY,
): Map<string, Set<string>> {
  const fromHour = Math.floor(fromMs / 3_600_000);
  const likers = new Map<string, Set<string>>();
  for (const record of fold.records.values()) {
    const { commit } = record;
    if (commit.collection !== 'app.bsky.feed.like' || !fold.shows(record)) continue;
    const subject = trueSubjectUri(commit.record);
    if (subject === undefined || Math.floor(recordSeconds(commit.rkey) / 3_600) < fromHour || sortTime(record) > asOfMs)
      continue;
    likers.set(subject, (likers.get(subject) ?? new Set()).add(commit.did));
  }
  return likers;
}

function sortTime({ commit }: TrueRecord): number {
  return sortAt(commit, isFields(commit.record) ? commit.record.createdAt : undefined);
}
