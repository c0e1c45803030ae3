import {
  createExplain,
  type Explain,
  type Feed,
  keepValidPosts,
  type PersonalLists,
  type Standings,
} from '@updraft/feeds';
import type { ClickHouse } from '@updraft/store';
import { feedPost } from './builds/build.ts';
import type { FeedgenContext } from './http/context.ts';
import { cutsPost } from './http/readership.ts';

export interface ExplainingOptions {
  clickhouse: ClickHouse;
  context: Pick<FeedgenContext, 'live' | 'cuts' | 'hides' | 'membership'>;
  areValid: (records: readonly string[]) => Promise<boolean[]>;
  standings: Standings;
  personal: PersonalLists;
}

/** Explains posts by the builds and cuts that this instance serves. */
export function createExplaining({ clickhouse, context, areValid, ...deps }: ExplainingOptions): Explain {
  return createExplain({
    clickhouse,
    ...deps,
    keepValid: keepValidPosts(clickhouse, areValid),
    isCut: async (feed: Feed, uri) => cutsPost(context, feed, feedPost(uri)),
    currentBuild: async (alias) => {
      const build = context.live.unpinned(alias);
      return build === undefined ? undefined : { ...build, uris: build.posts.map(({ uri }) => uri) };
    },
  });
}
