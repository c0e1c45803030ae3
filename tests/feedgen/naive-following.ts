import type { Feed } from '@updraft/feeds';
import type { SmallPost, SmallWorld } from './small-world.ts';

/** Who follows and blocks whom, beside a world of posts. */
export interface FollowTruth extends SmallWorld {
  /** Inactive. */
  readonly hidden: ReadonlySet<string>;
  readonly follows: ReadonlyMap<string, ReadonlySet<string>>;
  readonly blocks: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Came {
  readonly post: SmallPost;
  readonly by: string;
  readonly atMs: number;
  readonly isRepost: boolean;
}

const HOUR_MS = 3_600_000;

/** What a feed of whom the viewer follows must hold, best first: no SQL. */
export function trueFollowing(
  truth: FollowTruth,
  feed: Feed & { kind: 'following' },
  viewer: string,
  lowered: ReadonlySet<string>,
  asOfMs: number,
): { uri: string; by: string; isRepost: boolean }[] {
  const blocked = truth.blocks.get(viewer) ?? new Set();
  const followed = truth.hidden.has(viewer)
    ? new Set<string>()
    : (truth.follows.get(viewer) ?? new Set()).difference(blocked);
  const shown = truth.posts.filter((post) => passes(truth, feed, post) && post.atMs <= asOfMs);
  const isRecent = (atMs: number) => atMs > asOfMs - feed.window && atMs <= asOfMs;
  const came: Came[] = shown
    .filter(({ did, atMs }) => followed.has(did) && isRecent(atMs))
    .map((post) => ({ post, by: post.did, atMs: post.atMs, isRepost: false }));
  for (const { did, uri, atMs } of feed.reposts ? truth.reposts : []) {
    const post = shown.find((one) => one.uri === uri);
    if (post === undefined || blocked.has(post.did) || truth.hidden.has(did) || !followed.has(did)) continue;
    if (isRecent(atMs)) came.push({ post, by: did, atMs, isRepost: true });
  }
  const latest = new Map<SmallPost, Came>();
  for (const one of came.toSorted((a, b) => b.atMs - a.atMs)) if (!latest.has(one.post)) latest.set(one.post, one);
  const share = (by: string) => (lowered.has(by) ? 1 : (feed.perAuthor ?? Number.POSITIVE_INFINITY));
  return inOrder(truth, feed, [...latest.values()], asOfMs)
    .filter((one, n, all) => all.slice(0, n).filter(({ by }) => by === one.by).length < share(one.by))
    .slice(0, feed.size)
    .map(({ post, by, isRepost }) => ({ uri: post.uri, by, isRepost }));
}

function passes({ hidden }: FollowTruth, feed: Feed & { kind: 'following' }, post: SmallPost): boolean {
  if (post.isDeleted || hidden.has(post.did)) return false;
  if (!feed.replies && post.parentUri !== '') return false;
  if (feed.mediaOnly && post.alts.length === 0) return false;
  if (feed.validOnly && !post.isValid) return false;
  return feed.languages.length === 0 || post.langs.some((lang) => feed.languages.includes(lang.slice(0, 2)));
}

function inOrder(
  truth: FollowTruth,
  feed: Feed & { kind: 'following' },
  came: readonly Came[],
  asOfMs: number,
): Came[] {
  if (feed.order === 'newest') return [...came];
  const fromMs = Math.floor((asOfMs - feed.window) / HOUR_MS) * HOUR_MS;
  const score = ({ post }: Came): number => {
    const likes = truth.likes.filter(({ uri, atMs }) => uri === post.uri && atMs >= fromMs && atMs <= asOfMs);
    const accounts = new Set(likes.map(({ did }) => did).filter((did) => !truth.hidden.has(did)));
    return (accounts.size - 1) / ((asOfMs - post.atMs) / HOUR_MS + 2) ** feed.gravity;
  };
  return came.toSorted((a, b) => score(b) - score(a) || b.post.atMs - a.post.atMs);
}
