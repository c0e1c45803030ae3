import type { FeedEntry } from './schema.ts';

/** Whether everybody who may read the feed may read the other one by itself. */
export function isWithin(feed: FeedEntry, other: FeedEntry): boolean {
  if (other.audience === 'everyone') return true;
  if (other.audience === 'signed-in') return feed.audience !== 'everyone';
  return feed.audience === 'members' && labelOf(feed) === labelOf(other);
}

/** Who reads the feed, in words. */
export function readersOf(feed: FeedEntry): string {
  return feed.audience === 'members'
    ? `the members of ${labelOf(feed)}`
    : feed.audience.replace('signed-in', 'signed-in viewers');
}

function labelOf(feed: FeedEntry): string | undefined {
  return feed.members ?? (feed.kind === 'author-label' ? feed.label : undefined);
}
