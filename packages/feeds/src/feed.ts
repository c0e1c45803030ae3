import { shortAlias } from './names.ts';
import type { FeedEntry } from './schema.ts';
import type { Variant } from './variants.ts';

/** A feed as config/feeds.yaml declares it. `alias` is its name, the rkey of its record. Durations are in milliseconds. */
export type Feed = FeedEntry & {
  readonly alias: string;
  /** The feeds that some viewers get in its place, with builds of their own. Absent where there are none. */
  readonly variantFeeds?: readonly Feed[] | undefined;
  /** Of such a feed. Clients know nothing of it. */
  readonly variant?: Variant | undefined;
};
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

/** The name by which clients and hosts know the feed: a variant has that of its feed. */
export function nameOf({ alias, variant }: Pick<Feed, 'alias' | 'variant'>): string {
  return variant?.of ?? alias;
}

/** The feeds, each followed by its variants. */
export function withVariants(feeds: Iterable<Feed>): Feed[] {
  return [...feeds].flatMap((feed) => [feed, ...(feed.variantFeeds ?? [])]);
}

/** Whether what viewers do with the feed's posts is told apart by page, place and variant. Apps report it only where the record asks for it. */
export function isToldApart(feed: Feed): boolean {
  return feed.publish?.acceptsInteractions === true || isPersonal(feed);
}

export interface FeedsFile {
  readonly feeds: ReadonlyMap<string, Feed>;
  readonly links: { privacyPolicy?: string | undefined; termsOfService?: string | undefined };
  /** As it was read. */
  readonly text: string;
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

/** As feedByName(); `NAME/VARIANT` is a variant of it. */
export function feedOrVariantByName(feeds: ReadonlyMap<string, Feed>, name: string): Feed | undefined {
  const [feedName = '', ...variant] = name.split('/');
  const feed = feedByName(feeds, feedName);
  if (variant.length === 0) return feed;
  return feed?.variantFeeds?.find((other) => other.variant?.name === variant.join('/'));
}

/** The feed that an admin means by `name`: its alias, or its alias without the prefix. */
export function feedByName(feeds: ReadonlyMap<string, Feed>, name: string): Feed | undefined {
  return (
    feeds.get(name) ??
    [...feeds.values()].find((feed) => membersLabel(feed) !== undefined && shortAlias(feed.alias) === name)
  );
}
