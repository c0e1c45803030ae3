import { lasting } from '@updraft/service';
import type { QueriedFeed } from './feed.ts';

/** What is known of a feed's current build. */
export interface BuildState {
  readonly ageMs: number;
  /** The pinned ones not counted. */
  readonly posts: number;
  /** Posts of the largest build before that is still known. */
  readonly postsBefore?: number;
  /** How many bear the label of an author-label feed; undefined where that is not known, or the feed has none. */
  readonly bearers?: number | undefined;
}

/** A feed of fewer posts may shrink without anything being wrong. */
const LARGE = 50;

/** What is wrong with a feed's build, in a sentence; undefined when nothing is. */
export function buildFault(feed: QueriedFeed, state: BuildState): string | undefined {
  const { ageMs, posts, postsBefore = 0 } = state;
  if (ageMs > lateAfterMs(feed))
    return `the last build is ${lasting(ageMs)} old, the feed is built every ${lasting(feed.refresh)}`;
  if (posts === 0) return reasonToBeEmpty(feed, state) === undefined ? 'the build is empty' : undefined;
  return hasShrunk(posts, postsBefore) ? `the build shrank from ${postsBefore} posts to ${posts}` : undefined;
}

/** When a feed's build counts as late. */
export function lateAfterMs({ refresh }: Pick<QueriedFeed, 'refresh'>): number {
  return 3 * refresh + 60_000;
}

/** To a tenth, or less. */
export function hasShrunk(posts: number, before: number): boolean {
  return before >= LARGE && posts <= before / 10;
}

/** Why a feed may be empty though all works. */
export function reasonToBeEmpty(feed: QueriedFeed, { bearers }: Pick<BuildState, 'bearers'>): string | undefined {
  return feed.kind === 'author-label' && bearers === 0 ? `nobody bears the label ${feed.label}` : undefined;
}
