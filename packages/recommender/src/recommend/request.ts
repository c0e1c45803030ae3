import type { Effort } from './settings.ts';

/** A 64-bit key in two halves. */
export interface Key {
  readonly lo: number;
  readonly hi: number;
}

export interface GivenLike extends Key {
  /** When the viewer liked the post of this key, in ms since 1970. */
  readonly atMs: number;
}

/** What is asked for one viewer. */
export interface Request {
  readonly viewer: Key;
  /** The viewer's newest likes, newest first. Absent: those that the graph has. */
  readonly likes?: readonly GivenLike[] | undefined;
  readonly asOfMs: number;
  /** Older posts are left out. */
  readonly windowMs: number;
  readonly replies: boolean;
  readonly mediaOnly: boolean;
  /** Codes without region; none: all. */
  readonly languages: readonly string[];
  /** Candidates wanted at most. */
  readonly limit: number;
  readonly effort: Effort;
}

/** A post that may be given. */
export interface Candidate {
  readonly uri: string;
  readonly did: string;
  readonly score: number;
  /** Accounts that like what the viewer likes, and this post. */
  readonly coLikers: number;
  /** The same number for candidates that came by the same like of the viewer. */
  readonly seed: number;
  /** The same number for posts of one thread. */
  readonly root: number;
}
