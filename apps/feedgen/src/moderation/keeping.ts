import { keepForFeed, type ModeratedFeed, type QueriedFeed, type Standings } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import { type ClickHouse, type KeepPosts, postRecords } from '@updraft/store';
import type { FeedgenMetrics } from '../metrics.ts';
import { createValidPosts } from '../validity/valid-posts.ts';
import { noteLeftOut } from './moderated-posts.ts';

/** For one query of a feed: what SQL can't tell of its posts. */
export type Keeping = (feed: ModeratedFeed & Pick<QueriedFeed, 'validOnly'>) => {
  readonly keep: KeepPosts;
  /** What moderation left out so far. */
  leftOut(): readonly string[];
};

export interface KeepingOptions {
  clickhouse: ClickHouse;
  standings: Standings;
  areValid: (records: readonly string[]) => Promise<boolean[]>;
  metrics: FeedgenMetrics;
  log: Logger;
}

/** All feeds together validate each version of a record once. */
export function createKeeping({ clickhouse, standings, areValid, metrics, log }: KeepingOptions): Keeping {
  const keepValid = createValidPosts({
    readRecords: (uris) => postRecords(clickhouse, uris),
    areValid,
    metrics,
    onError: (err) => log.warn({ err }, 'records could not be validated: they stay in their feeds'),
  });
  return (feed) => {
    const { onLeftOut, leftOut } = noteLeftOut(feed.alias, metrics);
    return { keep: keepForFeed({ keepValid: keepValid(feed.alias), standings, onLeftOut }, feed), leftOut };
  };
}
