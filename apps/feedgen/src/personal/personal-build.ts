import type { Build } from '../builds/build.ts';

/** One viewer's list of one feed, which never changes. */
export interface PersonalBuild extends Build {
  /** Why the post at this place is there, for feedContext and for people: at most 200 characters, without `|`. */
  reasonOf(index: number): string;
}
