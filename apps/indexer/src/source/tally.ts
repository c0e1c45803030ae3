import type { StreamEvent } from '@updraft/jetstream';
import { ENOUGH_EVENTS, VOTING_ACCOUNTS } from '../cursor/continuity.ts';
import { eventMicros } from '../cursor/tail.ts';

/** A stretch of the stream, by its senders' clocks, in microseconds since 1970. */
export interface Stretch {
  readonly fromMicros: number;
  readonly toMicros: number;
  /** Events arrive late by seconds: a stream is past the stretch this much after it. */
  readonly marginMicros: number;
}

/** The commits of a stretch, counted by collection. */
export interface Tally {
  add(event: StreamEvent): void;
  commitsOf(collection: string): number;
  collections(): string[];
  /** The stream is past the stretch. */
  isOver(): boolean;
}

export function createTally({ fromMicros, toMicros, marginMicros }: Stretch): Tally {
  const counts = new Map<string, number>();
  /** The commit that was counted last. v2 shows whole repositories, under one rev, that v1 does not. */
  const lastOf = new Map<string, string>();
  const later = new Set<string>();
  let laterEvents = 0;
  return {
    add: (event) => {
      const micros = eventMicros(event);
      if (micros > toMicros + marginMicros) {
        laterEvents += 1;
        if (later.size < VOTING_ACCOUNTS) later.add(event.did);
      }
      if (event.kind !== 'commit' || micros <= fromMicros || micros > toMicros) return;
      const { collection, did } = event;
      const commit = `${did} ${micros}`;
      if (lastOf.get(collection) === commit || (counts.size >= MAX_COLLECTIONS && !counts.has(collection))) return;
      lastOf.set(collection, commit);
      counts.set(collection, (counts.get(collection) ?? 0) + 1);
    },
    commitsOf: (collection) => counts.get(collection) ?? 0,
    collections: () => [...counts.keys()],
    isOver: () => later.size >= VOTING_ACCOUNTS || laterEvents >= ENOUGH_EVENTS,
  };
}

/** Follows one connection, so that a tally can begin where its stream is. */
export interface Follower {
  add(event: StreamEvent): void;
  /** Adds the events from now on to a tally. */
  follow(tally: Tally | undefined): void;
  /** No event so far is later, but for those of accounts with wrong clocks. */
  latestMicros(): number;
}

export function createFollower(): Follower {
  let tally: Tally | undefined;
  let latest = 0;
  return {
    add: (event) => {
      const micros = Math.min(eventMicros(event), event.timeUs);
      if (micros > latest) latest = micros;
      tally?.add(event);
    },
    follow: (next) => {
      tally = next;
    },
    latestMicros: () => latest,
  };
}

/** Anybody can invent collections; those that matter come at once. */
const MAX_COLLECTIONS = 1_000;
/** Of fewer commits nothing can be said: some accounts have wrong clocks, and some events arrive late. */
const ENOUGH_COMMITS = 100;
/** A host that brings less than this share of what another one brings leaves something out. */
const MARKED_SHARE = 0.7;

/** The collections of which `ours` has markedly less than `theirs`, those that miss the most first. */
export function thinnerCollections(ours: Tally, theirs: Tally): string[] {
  const missing = (collection: string): number => theirs.commitsOf(collection) - ours.commitsOf(collection);
  return theirs
    .collections()
    .filter((collection) => theirs.commitsOf(collection) >= ENOUGH_COMMITS)
    .filter((collection) => ours.commitsOf(collection) < MARKED_SHARE * theirs.commitsOf(collection))
    .toSorted((a, b) => missing(b) - missing(a));
}
