import { createFold, type Fold } from './fold.ts';
import { likersBySubject, type RankedPost, type Ranking, rank } from './rankings.ts';
import { dailyStats, followerCounts, type TrueDay } from './statistics.ts';
import { rowsOf, type TrueRow, type TrueTable } from './tables.ts';

/**
 * What must be true after a set of events: a fold of their frames that shares no code with the store, the indexer or the event
 * parser, so that a fault in those can't hide. Frames may come in any order, from any hosts, in any number of copies.
 */
export interface GroundTruth
  extends Pick<
    Fold,
    'add' | 'records' | 'handles' | 'statuses' | 'deletions' | 'syncs' | 'rejected' | 'operationCounts' | 'shows'
  > {
  /** The rows that the table gives when read with `FINAL`. */
  rows(table: TrueTable): Generator<TrueRow>;
  /** Rejected frames by reason. */
  rejectedByReason(): Map<string, number>;
  ranking(ranking: Ranking): RankedPost[];
  /** Likes of each subject: one for each account that shows. */
  likeCounts(): Map<string, number>;
  dailyStats(): TrueDay[];
  followerCounts(): Map<string, number>;
}

export function createGroundTruth(): GroundTruth {
  const fold = createFold();
  return {
    ...fold,
    rows: (table) => rowsOf(fold, table),
    rejectedByReason: () => {
      const counts = new Map<string, number>();
      for (const { reason } of fold.rejected.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      return counts;
    },
    ranking: (ranking) => rank(fold, ranking),
    likeCounts: () => new Map([...likersBySubject(fold)].map(([subject, likers]) => [subject, likers.size])),
    dailyStats: () => dailyStats(fold),
    followerCounts: () => followerCounts(fold),
  };
}
