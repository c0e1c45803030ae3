import { createExplain, type Explain, type Feed, keepValidPosts, type ReadStandings } from '@updraft/feeds';
import type { ClickHouse } from '@updraft/store';
import { feedPost } from './builds/build.ts';
import type { FeedgenContext } from './http/context.ts';
import { cutsPost } from './http/readership.ts';

export interface ExplainingOptions {
  clickhouse: ClickHouse;
  context: Pick<FeedgenContext, 'live' | 'cuts' | 'membership'>;
  areValid: (records: readonly string[]) => Promise<boolean[]>;
  readStandings: ReadStandings;
}

/** Explains posts by the builds and cuts that this instance serves. */
export function createExplaining({ clickhouse, context, areValid, readStandings }: ExplainingOptions): Explain {
  return createExplain({
    clickhouse,
    readStandings,
    keepValid: keepValidPosts(clickhouse, areValid),
    isCut: async (feed: Feed, uri) => cutsPost(context, feed, feedPost(uri)),
    currentBuild: async (alias) => {
      const build = context.live.current(alias);
      if (build === undefined) return undefined;
      const uris = build.posts.filter(({ isPinned }) => !isPinned).map(({ uri }) => uri);
      return { id: build.id, asOfMs: build.asOfMs, uris };
    },
  });
}
