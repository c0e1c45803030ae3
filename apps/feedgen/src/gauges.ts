import type { FeedgenContext } from './http/context.ts';

/** Sets the gauges whenever the metrics are read. */
export function keepGauges({ metrics, live, cuts, file, analytics }: FeedgenContext): void {
  metrics.onRead(() => {
    for (const feed of file.feeds.keys()) {
      const build = live.current(feed);
      if (build === undefined) continue;
      metrics.buildAge.set({ feed }, (Date.now() - build.asOfMs) / 1000);
      metrics.buildPosts.set({ feed }, build.posts.length);
    }
    metrics.cutsAge.set(cuts.age() / 1000);
    metrics.rowsQueued.set(analytics.waiting());
  });
}
