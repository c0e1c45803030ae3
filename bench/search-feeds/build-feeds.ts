import { keepForFeed, type QueriedFeed, runFeedQuery } from '@updraft/feeds';
import { type ClickHouse, postRecords } from '@updraft/store';
import { createFeedgenMetrics } from '../../apps/feedgen/src/metrics.ts';
import { createStandings } from '../../apps/feedgen/src/moderation/standings.ts';
import { createValidPosts } from '../../apps/feedgen/src/validity/valid-posts.ts';
import type { ValidityThread } from '../../apps/feedgen/src/validity/validity-thread.ts';
import { say } from '../shared/with-databases.ts';

/** Builds feeds as the feed generator does, and gives the time of each build in ms and its posts. */
export type BuildFeed = (feed: QueriedFeed) => Promise<{ readonly ms: number; readonly posts: number }>;

/** `feeds` are all that will be built: labels that none of them names are not read. */
export function createBuildFeed(
  clickhouse: ClickHouse,
  feeds: readonly QueriedFeed[],
  { areValid }: Pick<ValidityThread, 'areValid'>,
): BuildFeed {
  const keepValid = createValidPosts({
    readRecords: (uris) => postRecords(clickhouse, uris),
    areValid,
    metrics: createFeedgenMetrics(),
    onError: (error) => say(String(error)),
  })('bench');
  const standings = createStandings(clickhouse, feeds);
  const deps = { clickhouse, builtPosts: () => undefined, needAccount: async () => {} };
  return async (feed) => {
    const startedAt = performance.now();
    const uris = await runFeedQuery(deps, feed, Date.now(), keepForFeed({ keepValid, standings }, feed));
    return { ms: performance.now() - startedAt, posts: uris.length };
  };
}
