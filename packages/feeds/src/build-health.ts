import { lasting } from '@updraft/service';
import { authorsLabel, type QueriedFeed } from './feed.ts';

/** What is known of a feed's current build. */
export interface BuildState {
  readonly ageMs: number;
  /** The pinned ones not counted. */
  readonly posts: number;
  /** Posts of the largest build before that is still known. */
  readonly postsBefore?: number;
  /** How many bear the label whose bearers' posts the feed has; undefined where that is not known, or the feed has none. */
  readonly bearers?: number | undefined;
  /** Posts of the builds of a union's feeds; undefined for other feeds. */
  readonly ofParts?: number | undefined;
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

/** Why a feed may be empty though all works. A list or a search may find nothing, but not where it found much half an hour ago. */
export function reasonToBeEmpty(feed: QueriedFeed, state: Partial<BuildState>): string | undefined {
  const { bearers, ofParts, postsBefore = 0 } = state;
  const label = authorsLabel(feed);
  if (label !== undefined && bearers === 0) return `nobody bears the label ${label}`;
  if (ofParts === 0) return 'its feeds are empty';
  if (hasShrunk(0, postsBefore)) return undefined;
  if (feed.kind === 'list') return 'nobody of its list has posted within its window, as far as the index knows';
  return feed.kind === 'search' ? 'no post within its window matches' : undefined;
}
