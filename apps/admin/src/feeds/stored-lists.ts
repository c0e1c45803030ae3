import { CommandError } from '@updraft/command';
import {
  keepForFeed,
  nameOf,
  type PersonalFeed,
  type PersonalLists,
  runFollowing,
  type Standings,
} from '@updraft/feeds';
import type { ClickHouse, KeepPosts } from '@updraft/store';
import type { AdminStores } from '../open-stores.ts';

export interface StoredListsDeps {
  readonly clickhouse: ClickHouse;
  readonly keepValid: KeepPosts;
  readonly standings: Standings;
  readonly isCut: (feed: PersonalFeed, uri: string) => Promise<boolean>;
}

/** Viewers' lists as a command knows them: what Redis has, and what the query gives. What viewers were shown is not known here. */
export function storedLists(deps: StoredListsDeps, builds: AdminStores['builds']): PersonalLists {
  return {
    current: async (feed, viewerDid) => {
      const build = await builds.ofViewer(feed.alias, viewerDid);
      return build && { ...build, isCut: (uri) => deps.isCut(feed, uri) };
    },
    make: async (feed, viewerDid) => {
      if (feed.kind !== 'following')
        throw new CommandError(
          `only the feed generator can make a list of ${feed.alias}: ask it by GET /api/admin/explain?feed=${feed.alias}&uri=…&viewer=${viewerDid}, with a key as X-API-Key (pnpm admin api-key create --feed ${nameOf(feed)} --for ${viewerDid})`,
        );
      const keep = keepForFeed(deps, feed);
      const events = await runFollowing(deps.clickhouse, feed, viewerDid, { asOfMs: Date.now() }, keep);
      return events.map(({ uri, by, repostUri }) => ({
        uri,
        reason: repostUri === '' ? 'followed' : `reposted by ${by}`,
      }));
    },
    hasSeen: async () => undefined,
  };
}
