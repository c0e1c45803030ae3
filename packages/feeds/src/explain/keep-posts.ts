import { type ClickHouse, type KeepPosts, type PostStanding, postRecords } from '@updraft/store';
import type { QueriedFeed } from '../feed.ts';
import { leftOutBy, type ModeratedFeed } from '../moderation.ts';

/** How posts stand, by uri; a post of which nothing is known is not there. */
export type ReadStandings = (uris: readonly string[]) => Promise<ReadonlyMap<string, PostStanding>>;

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

/** Keeps the posts that a feed takes, besides what SQL can tell: whose records are valid, where it asks for that, and that moderation leaves in. */
export function keepForFeed(
  { keepValid, readStandings }: { keepValid: KeepPosts; readStandings: ReadStandings },
  feed: ModeratedFeed & Pick<QueriedFeed, 'validOnly'>,
): KeepPosts {
  return async (posts) => {
    const valid = feed.validOnly ? await keepValid(posts) : undefined;
    const uris = posts.map(({ uri }) => uri).filter((uri) => valid?.has(uri) ?? true);
    const standings = await readStandings(uris);
    return new Set(uris.filter((uri) => leftOutBy(feed, standings.get(uri) ?? CLEAR) === undefined));
  };
}
