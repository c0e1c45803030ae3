import { isQueried, withVariants } from '@updraft/feeds';
import type { AnnouncedBuild, Telling } from '@updraft/store';
import type { Builder } from './builds/builder.ts';
import type { FeedgenContext } from './http/context.ts';

interface PersonalCounts {
  readonly kept: number;
  readonly underWay: number;
  readonly waiting: number;
}

/** Gives what operators see of this process: its caches, and the builds that it serves. */
export function createTelling(
  { live, cuts, file, analytics }: Pick<FeedgenContext, 'live' | 'cuts' | 'file' | 'analytics'>,
  builders: ReadonlyMap<string, Pick<Builder, 'secondsOf'>>,
  personal: () => PersonalCounts,
): () => Telling {
  const feeds = withVariants(file.feeds.values()).filter(isQueried);
  const buildOf = (alias: string): AnnouncedBuild => {
    const build = live.unpinned(alias);
    if (build === undefined) return { feed: alias, builtAt: 0, posts: 0 };
    const seconds = builders.get(alias)?.secondsOf(build.id);
    return { feed: alias, builtAt: build.asOfMs, posts: build.posts.length, ...(seconds !== undefined && { seconds }) };
  };
  return () => {
    const { kept, underWay, waiting } = personal();
    return {
      facts: {
        feeds: file.feeds.size,
        viewersKept: kept,
        viewersUnderWay: underWay,
        viewersWaiting: waiting,
        rowsQueued: analytics.waiting(),
        cutsAgeSeconds: Math.round(cuts.age() / 1000),
      },
      builds: feeds.map(({ alias }) => buildOf(alias)),
    };
  };
}
