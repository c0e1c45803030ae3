import { shortAlias } from './names.ts';
import type { FeedEntry } from './schema.ts';

/** A feed as config/feeds.yaml declares it. `alias` is its name, the rkey of its record. Durations are in milliseconds. */
export type Feed = FeedEntry & { readonly alias: string };
/** A feed of which each viewer has a list of their own, made when it is asked for. */
export type PersonalFeed = Extract<Feed, { kind: 'following' | 'for-you' }>;
/** A feed whose posts come from a query, in builds that all readers share. */
export type QueriedFeed = Exclude<Feed, { kind: 'static' } | PersonalFeed>;

export function isPersonal(feed: Feed): feed is PersonalFeed {
  return feed.kind === 'following' || feed.kind === 'for-you';
}

export function isQueried(feed: Feed): feed is QueriedFeed {
  return feed.kind !== 'static' && !isPersonal(feed);
}

export interface FeedsFile {
  readonly feeds: ReadonlyMap<string, Feed>;
  readonly links: { privacyPolicy?: string | undefined; termsOfService?: string | undefined };
}

/** The label whose bearers are the feed's members; undefined for a feed without members. */
export function membersLabel(feed: FeedEntry): string | undefined {
  return feed.members ?? (feed.kind === 'author-label' ? feed.label : undefined);
}

/** The label without which an author has no posts in the feed; undefined where none is needed. */
export function authorsLabel(feed: Feed): string | undefined {
  if (feed.kind === 'author-label') return feed.label;
  return feed.kind === 'search' ? feed.authors : undefined;
}

/** The feed that an admin means by `name`: its alias, or its alias without the prefix. */
export function feedByName(feeds: ReadonlyMap<string, Feed>, name: string): Feed | undefined {
  return (
    feeds.get(name) ??
    [...feeds.values()].find((feed) => membersLabel(feed) !== undefined && shortAlias(feed.alias) === name)
  );
}
