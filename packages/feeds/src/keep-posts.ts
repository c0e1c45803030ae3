import { type ClickHouse, type KeepPosts, type PostStanding, postRecords } from '@updraft/store';
import type { QueriedFeed } from './feed.ts';
import { type LeftOut, leftOutBy, type ModeratedFeed } from './moderation.ts';

/** A post, and the version of its row as text. */
export interface VersionedPost {
  readonly uri: string;
  readonly rowVersion: string;
}

/** Gives how posts stand now: what the rules of some feed may hold against them. Rejects when that can't be read. */
export type Standings = (posts: Iterable<VersionedPost>) => Promise<ReadonlyMap<string, PostStanding>>;

/** What is known of most posts. */
export const CLEAR: PostStanding = { labels: [], isOptedOut: false, hiddenFrom: [] };

/** Keeps the posts whose records follow their lexicon; one without a stored record stays. */
export function keepValidPosts(
  clickhouse: ClickHouse,
  areValid: (records: readonly string[]) => Promise<readonly boolean[]>,
): KeepPosts {
  return async (posts) => {
    const kept = new Set(posts.map(({ uri }) => uri));
    for await (const rows of postRecords(clickhouse, [...kept])) {
      const verdicts = await areValid(rows.map(({ recordJson }) => recordJson));
      for (const [index, { uri }] of rows.entries()) if (verdicts[index] === false) kept.delete(uri);
    }
    return kept;
  };
}

export interface KeepOptions {
  readonly keepValid: KeepPosts;
  readonly standings: Standings;
  /** Hears what moderation left out, by uri, in the order of the posts, each time that it was asked. */
  readonly onLeftOut?: (reasons: ReadonlyMap<string, LeftOut>) => void;
}

/**
 * Keeps the posts that a feed takes, besides what SQL can tell: that moderation leaves in, and whose records are valid, where the feed asks
 * for that. Rejects when the standing of the posts can't be read: a build fails then.
 */
export function keepForFeed(
  { keepValid, standings, onLeftOut }: KeepOptions,
  feed: ModeratedFeed & Pick<QueriedFeed, 'validOnly'>,
): KeepPosts {
  return async (posts) => {
    const standing = await standings(posts);
    const reasons = new Map<string, LeftOut>();
    for (const { uri } of posts) {
      const reason = leftOutBy(feed, standing.get(uri) ?? CLEAR);
      if (reason !== undefined) reasons.set(uri, reason);
    }
    onLeftOut?.(reasons);
    const rest = posts.filter(({ uri }) => !reasons.has(uri));
    return feed.validOnly ? keepValid(rest) : new Set(rest.map(({ uri }) => uri));
  };
}
