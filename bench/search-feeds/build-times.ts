import { quantile, round } from '../shared/figures.ts';
import type { BuildFeed } from './build-feeds.ts';
import type { FeedKind } from './feed-kinds.ts';

/** The builds of each kind. */
export interface BuildTimes {
  /** Builds a random feed of the kind, and the same one again: most of its posts are known then, as they are each minute of a feed. */
  build(kind: FeedKind): Promise<void>;
  /** For people. */
  said(kind: FeedKind): string;
  /** `{"wordP50Ms":…,"wordFirstP50Ms":…}`; `suffix` stands behind the kind's name. */
  figures(suffix?: string): Record<string, number>;
}

interface Builds {
  readonly first: number[];
  readonly again: number[];
  readonly posts: number[];
}

export function createBuildTimes(buildFeed: BuildFeed): BuildTimes {
  const builds = new Map<string, Builds>();
  const buildsOf = (name: string): Builds => builds.get(name) ?? { first: [], again: [], posts: [] };
  const p50 = (times: readonly number[]) => round(quantile(times, 0.5));
  const p99 = (times: readonly number[]) => round(quantile(times, 0.99));
  return {
    async build({ name, make }) {
      const of = buildsOf(name);
      builds.set(name, of);
      const feed = make();
      const { ms, posts } = await buildFeed(feed);
      of.first.push(ms);
      of.posts.push(posts);
      of.again.push((await buildFeed(feed)).ms);
    },
    said({ name, about }) {
      const { first, again, posts } = buildsOf(name);
      if (posts.length === 0) return `${about}: no feed was built`;
      const times = `p50 ${p50(again)} ms, p99 ${p99(again)} ms; the first time ${p50(first)} and ${p99(first)} ms`;
      return `${about}: ${times}; ${posts.length} feeds of ${p50(posts)} posts at the median`;
    },
    figures(suffix = '') {
      const entries = [...builds].flatMap(([name, { first, again }]) => [
        [`${name}${suffix}P50Ms`, p50(again)] as const,
        [`${name}${suffix}P99Ms`, p99(again)] as const,
        [`${name}First${suffix}P50Ms`, p50(first)] as const,
        [`${name}First${suffix}P99Ms`, p99(first)] as const,
      ]);
      return Object.fromEntries(entries);
    },
  };
}
