import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FeedgenContext } from './http/context.ts';

/** The feed generator's metrics; docs/feeds.md describes them. */
export type FeedgenMetrics = ReturnType<typeof createFeedgenMetrics>;

export function createFeedgenMetrics() {
  const registry = new Registry();
  const registers = [registry];
  let refresh = (): void => {};
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  return {
    registry,
    /** Sets what refreshes the gauges when they are asked for. */
    onRead: (refreshGauges: () => void): void => {
      refresh = refreshGauges;
    },
    pages: createPageTally(registry),
    pageSeconds: new Histogram({
      name: 'feed_page_seconds',
      help: 'Time from request to page',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
      registers,
    }),
    builds: counter('feed_builds_total', 'Builds made by this instance, by feed and outcome', ['feed', 'outcome']),
    buildSeconds: new Histogram({
      name: 'feed_build_seconds',
      help: 'Time a build takes',
      labelNames: ['feed'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
      registers,
    }),
    buildAge: new Gauge({
      name: 'feed_build_age_seconds',
      help: 'Age of the build that is served: alarm when it grows',
      labelNames: ['feed'],
      registers,
      // the first gauge that is read refreshes all
      collect: () => refresh(),
    }),
    buildPosts: new Gauge({
      name: 'feed_build_posts',
      help: 'Posts in the build that is served',
      labelNames: ['feed'],
      registers,
    }),
    invalidPosts: new Gauge({
      name: 'feed_invalid_posts',
      help: "Posts left out of the feed's last query since their records break the lexicon",
      labelNames: ['feed'],
      registers,
    }),
    cuts: new Gauge({ name: 'feed_cut_posts', help: 'Posts of live builds that no longer show', registers }),
    cutsAge: new Gauge({
      name: 'feed_cuts_age_seconds',
      help: 'Time since live builds were last checked for posts to hide',
      registers,
    }),
    tokens: counter('viewer_tokens_total', 'Tokens of viewers, by outcome', ['outcome']),
    lookUps: counter('identity_lookups_total', 'DID documents asked for, by outcome', ['outcome']),
    rowsQueued: new Gauge({ name: 'feed_rows_queued', help: 'Analytics and interactions not yet written', registers }),
    rowsDropped: counter('feed_rows_dropped_total', 'Analytics and interactions dropped since the queue was full', [
      'table',
    ]),
    uniqueViewers: new Gauge({
      name: 'feed_unique_viewers_today',
      help: 'Signed-in viewers of the feed since 00:00 UTC, within 1 %',
      labelNames: ['feed'],
      registers,
    }),
  };
}

/**
 * Counts pages in plain numbers, which become metrics when they are read: prom-client would put the labels in order and hash
 * them for each page.
 */
function createPageTally(registry: Registry) {
  const tallies = new Map<string, Map<string, number>>();
  const pages = new Counter({
    name: 'feed_pages_total',
    help: 'Pages given, by feed and kind of reader',
    labelNames: ['feed', 'reader'],
    registers: [],
    collect() {
      for (const [feed, byReader] of tallies) {
        for (const [reader, count] of byReader) this.inc({ feed, reader }, count);
        byReader.clear();
      }
    },
  });
  registry.registerMetric(pages);
  return {
    count: (feed: string, reader: string): void => {
      const byReader = tallies.get(feed) ?? new Map<string, number>();
      if (byReader.size === 0) tallies.set(feed, byReader);
      byReader.set(reader, (byReader.get(reader) ?? 0) + 1);
    },
  };
}

/** Gauges that are read when they are asked for. */
export function keepGauges({ metrics, live, cuts, file, requests, interactions, now }: FeedgenContext): void {
  metrics.onRead(() => {
    for (const { alias } of file.feeds.values()) {
      const build = live.current(alias);
      if (build === undefined) continue;
      metrics.buildAge.set({ feed: alias }, (now() - build.asOfMs) / 1000);
      metrics.buildPosts.set({ feed: alias }, build.posts.length);
    }
    metrics.cutsAge.set(cuts.age() / 1000);
    metrics.rowsQueued.set(requests.waiting() + interactions.waiting());
  });
}
