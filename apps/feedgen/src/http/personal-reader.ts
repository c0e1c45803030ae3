import { nameOf, type PersonalFeed } from '@updraft/feeds';
import { createFallbackBuilds } from '../personal/fallback-builds.ts';
import { isPersonalId } from '../personal/personal-build.ts';
import type { FeedgenContext } from './context.ts';
import type { Reader, Viewing } from './readership.ts';

/** A viewer gets a build of their own, else the fallback's. What a cursor names is what its reader began with: one of the two. */
export function personalReader(
  { personal, languages, hides }: Pick<FeedgenContext, 'personal' | 'languages' | 'hides'>,
  feed: PersonalFeed,
  { viewerDid, languages: wanted }: Viewing,
  { name, fallback }: { name: Reader['name']; fallback: Reader },
): Reader {
  const shared = createFallbackBuilds(fallback, languages, wanted);
  return {
    name,
    feed,
    variant: feed.variant?.name ?? '',
    current: async () => {
      const own = viewerDid === undefined ? undefined : await personal.open(feed, viewerDid, wanted);
      return own ?? shared.current();
    },
    get: (id) => (isPersonalId(id) ? undefined : shared.get(id)),
    find: async (id) => {
      if (!isPersonalId(id)) return shared.find(id);
      return viewerDid === undefined ? undefined : personal.find(feed, viewerDid, id);
    },
    isCut: (post) => hides.isHidden(post, nameOf(feed)),
    version: () => `${fallback.version()}.${hides.version()}.${languages.version()}`,
  };
}
