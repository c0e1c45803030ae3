import { leftOutBy, type ModeratedFeed } from '@updraft/feeds';
import type { KeepPosts } from '@updraft/store';
import type { FeedgenMetrics } from '../metrics.ts';
import type { Standings } from './standings.ts';

/** What the rules of moderation leave of one query's posts. */
export interface Moderation {
  /** Rejects when the standing of the posts can't be read: the build fails then. */
  readonly keep: KeepPosts;
  /** Uris that were left out when `keep` was asked last, in the order of the query. */
  leftOut(): readonly string[];
}

/** A build is made again when one of those that were left out may come back, so it notes them; more than these would be too many to look up. */
export const MAX_LEFT_OUT = 5_000;

type LeftOutMetrics = Pick<FeedgenMetrics, 'leftOutPosts'>;

/** For a query of a feed. */
export function moderate(feed: ModeratedFeed, standings: Standings, metrics: LeftOutMetrics): Moderation {
  let leftOut: readonly string[] = [];
  return {
    keep: async (posts) => {
      const standing = await standings(posts);
      const reasons = new Map<string, string>();
      for (const [uri, of] of standing) {
        const reason = leftOutBy(feed, of);
        if (reason !== undefined) reasons.set(uri, reason.rule);
      }
      leftOut = [...reasons.keys()].slice(0, MAX_LEFT_OUT);
      count(feed.alias, reasons.values(), metrics);
      return new Set(standing.keys()).difference(reasons);
    },
    leftOut: () => leftOut,
  };
}

const RULES = ['hidden', 'excluded label', 'required label', 'opted out', 'bot'] as const;

function count(feed: string, reasons: Iterable<string>, { leftOutPosts }: LeftOutMetrics): void {
  const counts = new Map<string, number>(RULES.map((rule) => [rule, 0]));
  for (const rule of reasons) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  for (const [rule, posts] of counts) leftOutPosts.set({ feed, rule: rule.replaceAll(' ', '_') }, posts);
}
