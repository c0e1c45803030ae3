import type { z } from 'zod';
import { isWithin, readersOf } from './audiences.ts';
import type { FeedEntry } from './schema.ts';

type Feeds = Readonly<Record<string, FeedEntry>>;
type Union = Extract<FeedEntry, { kind: 'union' }>;

/** A union's parts are other feeds with builds, none holds itself, and nobody reads a part who may not read it by itself. */
export function refuseUnions(feeds: Feeds, context: z.core.$RefinementCtx): void {
  for (const [alias, feed] of Object.entries(feeds)) {
    if (feed?.kind !== 'union') continue;
    for (const [index, part] of feed.feeds.entries()) {
      const message = partFault(feeds, alias, feed, part);
      if (message !== undefined) context.addIssue({ code: 'custom', path: [alias, 'feeds', index], message });
    }
  }
}

function partFault(feeds: Feeds, alias: string, union: Union, name: string): string | undefined {
  const part = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
  if (part === undefined) return `expected the name of a feed of this file`;
  if (part.kind === 'static') return 'expected a feed that is built; a static one is not';
  if (part.kind === 'following' || part.kind === 'for-you') return 'expected a feed that all readers share';
  if (holds(feeds, name, alias, new Set())) return 'expected a feed that does not hold this one itself';
  if (isWithin(union, part)) return undefined;
  return `expected a feed for ${readersOf(union)}, since the union is: this one is for ${readersOf(part)} only`;
}

/** Whether the feed is the other one, or a union that holds it. */
function holds(feeds: Feeds, name: string, other: string, seen: Set<string>): boolean {
  if (name === other) return true;
  const feed = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
  if (feed?.kind !== 'union' || seen.has(name)) return false;
  seen.add(name);
  return feed.feeds.some((part) => holds(feeds, part, other, seen));
}
