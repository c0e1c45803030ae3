import type { LeftOut } from '@updraft/feeds';
import type { FeedgenMetrics } from '../metrics.ts';

/** What moderation left out of one query's posts. */
export interface Moderation {
  /** Of keepForFeed(). */
  readonly onLeftOut: (reasons: ReadonlyMap<string, LeftOut>) => void;
  /** Uris, in the order of the query, which may have asked several times. */
  leftOut(): readonly string[];
}

/** A build is made again when one of those that were left out may come back, so it notes them; more than these would be too many to look up. */
export const MAX_LEFT_OUT = 5_000;

type LeftOutMetrics = Pick<FeedgenMetrics, 'leftOutPosts'>;

/** For a query of a feed. */
export function noteLeftOut(alias: string, metrics: LeftOutMetrics): Moderation {
  const all = new Map<string, LeftOut>();
  return {
    onLeftOut: (reasons) => {
      for (const [uri, reason] of reasons) all.set(uri, reason);
      count(alias, all.values(), metrics);
    },
    leftOut: () => [...all.keys()].slice(0, MAX_LEFT_OUT),
  };
}

const RULES = ['hidden', 'excluded label', 'required label', 'opted out', 'bot'] as const;

function count(feed: string, reasons: Iterable<LeftOut>, { leftOutPosts }: LeftOutMetrics): void {
  const counts = new Map<string, number>(RULES.map((rule) => [rule, 0]));
  for (const { rule } of reasons) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  for (const [rule, posts] of counts) leftOutPosts.set({ feed, rule: rule.replaceAll(' ', '_') }, posts);
}
