import { isQueried, lateAfterMs, reasonToBeEmpty, withVariants } from '@updraft/feeds';
import { buildState } from './builds/build-state.ts';
import type { FeedgenContext } from './http/context.ts';

/** Sets the gauges whenever the metrics are read. */
export function keepGauges(context: FeedgenContext): void {
  const { metrics, cuts, file, analytics } = context;
  const feeds = withVariants(file.feeds.values()).filter(isQueried);
  metrics.onRead(() => {
    for (const feed of feeds) {
      const state = buildState(context, feed);
      if (state === undefined) continue;
      const labels = { feed: feed.alias };
      metrics.buildAge.set(labels, state.ageMs / 1000);
      metrics.buildLateAfter.set(labels, lateAfterMs(feed) / 1000);
      metrics.buildPosts.set(labels, context.live.current(feed.alias)?.posts.length ?? 0);
      metrics.buildEmpty.set(labels, Number(state.posts === 0 && reasonToBeEmpty(feed, state) === undefined));
    }
    metrics.cutsAge.set(cuts.age() / 1000);
    metrics.rowsQueued.set(analytics.waiting());
  });
}
