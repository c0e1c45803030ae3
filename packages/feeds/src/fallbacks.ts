import type { z } from 'zod';
import { isWithin, readersOf } from './audiences.ts';
import type { FeedEntry } from './schema.ts';

type Feeds = Readonly<Record<string, FeedEntry>>;

/** What a personal feed falls back to is a feed that all its readers share, and nobody reads it there who may not read it by itself. */
export function refuseFallbacks(feeds: Feeds, context: z.core.$RefinementCtx): void {
  for (const [alias, feed] of Object.entries(feeds)) {
    if (feed?.kind !== 'following' && feed?.kind !== 'for-you') continue;
    const message = fallbackFault(feeds, feed, feed.fallback);
    if (message !== undefined) context.addIssue({ code: 'custom', path: [alias, 'fallback'], message });
  }
}

function fallbackFault(feeds: Feeds, feed: FeedEntry, name: string): string | undefined {
  const fallback = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
  if (fallback === undefined) return 'expected the name of a feed of this file';
  if (fallback.kind === 'following' || fallback.kind === 'for-you') return 'expected a feed that all readers share';
  if (isWithin(feed, fallback)) return undefined;
  return `expected a feed for ${readersOf(feed)}, since this one is: that one is for ${readersOf(fallback)} only`;
}
