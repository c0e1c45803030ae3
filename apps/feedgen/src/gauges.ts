import { isQueried, lateAfterMs, reasonToBeEmpty, withVariants } from '@updraft/feeds';
import { buildState } from './builds/build-state.ts';
import type { FeedgenContext } from './http/context.ts';

interface PersonalCounts {
  /** Viewers and feeds with builds in memory. */
  readonly kept: number;
  readonly underWay: number;
  readonly waiting: number;
}

/** Sets the gauges whenever the metrics are read. */
export function keepGauges(context: FeedgenContext, personal: () => PersonalCounts): void {
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
    const { kept, underWay, waiting } = personal();
    metrics.personalKept.set(kept);
    metrics.personalUnderWay.set(underWay);
    metrics.personalWaiting.set(waiting);
    metrics.rowsQueued.set(analytics.waiting());
  });
}
