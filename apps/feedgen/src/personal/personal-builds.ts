import type { PersonalFeed } from '@updraft/feeds';
import type { PersonalBuild } from './personal-build.ts';

/** The builds of personal feeds: made when a viewer asks, kept for minutes, in bounded time, memory and number. */
export interface PersonalBuilds {
  /**
   * The viewer's build to begin to read with: one that is young enough, else a new one, else after at most PERSONAL_WAIT_MS an older one
   * while the new one is still made. Undefined when there is none by then: the reader gets the feed's fallback. Never rejects.
   */
  open(feed: PersonalFeed, viewerDid: string, languages: readonly string[]): Promise<PersonalBuild | undefined>;
  /** The viewer's build of this id, from memory or Redis. Another viewer's is never given. */
  find(feed: PersonalFeed, viewerDid: string, buildId: string): Promise<PersonalBuild | undefined>;
}

/** A page takes no longer than a second: this is what a build may take of it. */
export const PERSONAL_WAIT_MS = 600;
