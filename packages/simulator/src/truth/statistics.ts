import type { Fold, TrueRecord } from './fold.ts';
import { recordSeconds, trueSubjectDid, trueSubjectUri } from './typed.ts';

/** One UTC day of records, by the time in their rkeys. */
export interface TrueDay {
  /** `2026-11-20`; `1970-01-01` for records whose rkeys tell no time. */
  readonly date: string;
  readonly num_likes: number;
  readonly num_likers: number;
  readonly num_posts: number;
  readonly num_posters: number;
  readonly num_follows: number;
  readonly num_followers: number;
  readonly num_blocks: number;
  readonly num_blockers: number;
}

type Kind = 'like' | 'post' | 'follow' | 'block';

interface Tally {
  readonly actors: Set<string>;
  readonly things: Set<string>;
}

const KINDS: Readonly<Record<string, { kind: Kind; subject: (record: TrueRecord) => string | undefined }>> = {
  'app.bsky.feed.like': { kind: 'like', subject: ({ commit }) => trueSubjectUri(commit.record) },
  'app.bsky.feed.post': { kind: 'post', subject: ({ commit }) => commit.rkey },
  'app.bsky.graph.follow': { kind: 'follow', subject: ({ commit }) => trueSubjectDid(commit.record) },
  'app.bsky.graph.block': { kind: 'block', subject: ({ commit }) => trueSubjectDid(commit.record) },
};

/**
 * Statistics by day, of records that show. A like, follow or block counts once for each account and subject; likers, posters, followers
 * and blockers are the accounts that did it. Days without records are left out.
 */
export function dailyStats(fold: Fold): TrueDay[] {
  const days = new Map<string, Record<Kind, Tally>>();
  for (const record of fold.records.values()) {
    const { commit } = record;
    const counted = KINDS[commit.collection];
    const subject = counted && fold.shows(record) ? counted.subject(record) : undefined;
    if (counted === undefined || subject === undefined) continue;
    const date = new Date(recordSeconds(commit.rkey) * 1_000).toISOString().slice(0, 10);
    const day = days.get(date) ?? { like: tally(), post: tally(), follow: tally(), block: tally() };
    days.set(date, day);
    day[counted.kind].actors.add(commit.did);
    day[counted.kind].things.add(`${commit.did} ${subject}`);
  }
  return [...days].map(([date, day]) => dayOf(date, day)).toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

/** Followers of each DID: accounts whose follow shows. */
export function followerCounts(fold: Fold): Map<string, number> {
  const followers = new Map<string, Set<string>>();
  for (const record of fold.records.values()) {
    if (record.commit.collection !== 'app.bsky.graph.follow' || !fold.shows(record)) continue;
    const subject = trueSubjectDid(record.commit.record);
    if (subject !== undefined) followers.set(subject, (followers.get(subject) ?? new Set()).add(record.commit.did));
  }
  return new Map([...followers].map(([did, accounts]) => [did, accounts.size]));
}

function tally(): Tally {
  return { actors: new Set(), things: new Set() };
}

function dayOf(date: string, { like, post, follow, block }: Record<Kind, Tally>): TrueDay {
  return {
    date,
    num_likes: like.things.size,
    num_likers: like.actors.size,
    num_posts: post.things.size,
    num_posters: post.actors.size,
    num_follows: follow.things.size,
    num_followers: follow.actors.size,
    num_blocks: block.things.size,
    num_blockers: block.actors.size,
  };
}
