import { runFollowing } from '@updraft/feeds';
import { createRateLimit } from '@updraft/service';
import { type ClickHouse, type FollowedEvent, withCallOptions } from '@updraft/store';
import type { Keeping } from '../moderation/keeping.ts';
import type { PersonalPost, PersonalQuery } from './personal-query.ts';

export interface FollowingDeps {
  clickhouse: ClickHouse;
  keeping: Keeping;
  /** Asks for the repository of an account: the index may lack whom the viewer followed before it began. */
  needAccount: (did: string) => Promise<void>;
  /** Accounts of which a viewer wants less: each brings one post at most. */
  lowered: (viewerDid: string) => Promise<ReadonlySet<string>>;
}

/** Each costs the indexer a download: whoever comes in a rush is asked for at a later build. */
const ASKING = { burst: 30, perSecond: 1 };

/** Posts of the accounts that the viewer follows. */
export function createFollowing({
  clickhouse,
  keeping,
  needAccount,
  lowered,
}: FollowingDeps): PersonalQuery<'following'> {
  const asking = createRateLimit(ASKING);
  return async (feed, viewer, { asOfMs, signal }) => {
    if (asking.take('')) void needAccount(viewer.did); // never rejects
    const { keep, leftOut } = keeping(feed);
    const unseen = async (posts: Parameters<typeof keep>[0]) => keep(posts.filter(({ uri }) => !viewer.hasSeen(uri)));
    const options = { asOfMs, lowered: await lowered(viewer.did) };
    const bounded = withCallOptions(clickhouse, { signal });
    const events = await runFollowing(bounded, feed, viewer.did, options, unseen);
    return { posts: events.map(postOf), leftOut: leftOut() };
  };
}

function postOf({ uri, by, repostUri }: FollowedEvent): PersonalPost {
  return repostUri === '' ? { uri, reason: 'followed' } : { uri, reason: `reposted by ${by}`.slice(0, 200), repostUri };
}
