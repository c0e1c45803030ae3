import type { ClickHouse } from '../../clickhouse/types.ts';
import { type KeepPosts, keptOf, type PostRule, windowParams } from '../fragments.ts';
import { filterParams, IN_WINDOW, type PostQuery } from '../post-rules.ts';
import { rankedPostQuery } from '../ranking/rank-posts.ts';
import { IS_FOLLOWED, IS_FOLLOWED_REPOST, viewerParams } from './followed.ts';
import {
  type FollowedEvent,
  type FollowedQuery,
  followedEvents,
  followedPostRules,
  repostedPostRules,
} from './followed-events.ts';

export interface FollowedPostsQuery extends FollowedQuery {
  /** Exponent of the age, as in a ranking; undefined: the latest first. */
  readonly gravity: number | undefined;
  /** The most posts that one account brings, by writing or reposting them. */
  readonly perAuthor?: number | undefined;
  /** Accounts of which the viewer wants less: each brings one post at most. */
  readonly lowered?: ReadonlySet<string> | undefined;
  readonly size: number;
}

/** Posts that are scored: the latest of the window. */
const MAX_SCORED = 5_000;

/**
 * What the accounts that a viewer follows wrote and, where that is asked for, reposted: each post once, by the latest way that it came. What
 * `keep` leaves out doesn't count toward the size or an account's share.
 */
export async function followedPosts(
  clickhouse: ClickHouse,
  query: FollowedPostsQuery,
  keep?: KeepPosts,
): Promise<FollowedEvent[]> {
  const isInShare = createSharesOf(query);
  const firstLimit = Math.ceil(query.size * 1.25) + 100;
  const batches =
    query.gravity === undefined
      ? followedEvents(clickhouse, query, firstLimit)
      : hottest(clickhouse, { ...query, gravity: query.gravity }, firstLimit);
  const known = new Set<string>();
  const taken: FollowedEvent[] = [];
  for await (const batch of batches) {
    const fresh = batch.filter(({ uri }) => !known.has(uri) && known.add(uri));
    for (const event of await keptOf(fresh, keep)) if (isInShare(event)) taken.push(event);
    if (taken.length >= query.size) break;
  }
  return taken.slice(0, query.size);
}

function createSharesOf({ perAuthor = Number.POSITIVE_INFINITY, lowered }: FollowedPostsQuery) {
  const brought = new Map<string, number>();
  return ({ by }: FollowedEvent): boolean => {
    const count = (brought.get(by) ?? 0) + 1;
    brought.set(by, count);
    return count <= (lowered?.has(by) === true ? 1 : perAuthor);
  };
}

type HotQuery = FollowedPostsQuery & { readonly gravity: number };

/** The latest posts, best first, in batches: `keep` is asked about few that have no place. */
async function* hottest(
  clickhouse: ClickHouse,
  query: HotQuery,
  batchSize: number,
): AsyncGenerator<readonly FollowedEvent[]> {
  const latest = new Map<string, FollowedEvent>();
  for await (const batch of followedEvents(clickhouse, query, MAX_SCORED)) {
    for (const event of batch) if (latest.size < MAX_SCORED && !latest.has(event.uri)) latest.set(event.uri, event);
    if (latest.size === MAX_SCORED) break;
  }
  if (latest.size === 0) return;
  const ordered = await scoring(clickhouse, query).order([...latest.values()]);
  const events = ordered.map(({ post }) => latest.get(post.uri)).filter((event) => event !== undefined);
  for (let start = 0; start < events.length; start += batchSize) yield events.slice(start, start + batchSize);
}

/** As a `hot` feed scores, by likes alone. */
function scoring(clickhouse: ClickHouse, query: HotQuery): Pick<PostQuery, 'order'> {
  return rankedPostQuery(clickhouse, {
    ...query,
    minimumAgeMs: 0,
    minimumLikes: 1,
    weights: { likes: 1, reposts: 0, replies: 0 },
  });
}

/** What followedPosts() takes, asked of the post `uri`; its place is that in the list. */
export function followedPostQuery(query: FollowedPostsQuery, uri: string): PostQuery {
  const { asOfMs, windowMs, viewerDid } = query;
  return {
    rules: query.reposts ? [isFollowedOrReposted, ...repostedPostRules(query)] : followedPostRules(query),
    params: {
      ...windowParams(asOfMs - windowMs, asOfMs),
      ...viewerParams(viewerDid),
      ...filterParams(query),
      asOfMs,
      asked: uri,
    },
    perAuthor: undefined,
    order: async (posts) => posts.map((post) => ({ post, hasEnough: true })),
  };
}

const KEY = 'record_hour, collection, repo, rkey_tid, rkey_text';
/** Its reposts are found by the post, and then read with FINAL by their keys. */
const isFollowedOrReposted: PostRule = {
  name: 'followed or reposted',
  sql: `((${IN_WINDOW.sql} AND ${IS_FOLLOWED.sql}) OR uri_key IN (
      SELECT subject_key FROM record_rows FINAL
      WHERE (${KEY}) IN (SELECT ${KEY} FROM record_rows WHERE subject_key = sipHash64({asked:String}) AND ${IS_FOLLOWED_REPOST})
        AND ${IS_FOLLOWED_REPOST}))`,
};
