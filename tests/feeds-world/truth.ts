import type { FeedsWorld, Post } from './world.ts';

/** The feeds of the world, as its feeds file declares them. */
export const FEEDS = {
  hot: { exclude: 'recommended', recommendableOnly: true },
  'hot-all': { exclude: 'nothing', recommendableOnly: false },
  top: { exclude: 'recommended', recommendableOnly: true, bots: false },
  art: { exclude: 'nothing', recommendableOnly: false, require: 'art' },
  listed: { exclude: 'nothing', recommendableOnly: false },
  club: { exclude: 'nothing', recommendableOnly: false },
  words: { exclude: 'recommended', recommendableOnly: false },
  'words-hot': { exclude: 'recommended', recommendableOnly: true },
  both: { exclude: 'nothing', recommendableOnly: false },
} as const;
export type FeedName = keyof typeof FEEDS;

export const MINIMUM_LIKES = 2;
export const WINDOW_MS = 2 * 3_600_000;
const RECOMMENDED = ['porn', 'sexual', 'nudity', 'graphic-media', 'spam', '!hide', '!takedown'];

/** The uris of a feed at a moment, first to last: one post after the other, by the rules as docs/feeds.md has them. */
export function expectedFeed(world: FeedsWorld, name: FeedName, atMs: number): string[] {
  if (name === 'both')
    return newestFirst(world, [...memberPosts(world, atMs, 'listed'), ...memberPosts(world, atMs, 'club')]);
  if (name === 'listed' || name === 'club') return newestFirst(world, memberPosts(world, atMs, name));
  const all = candidates(world, name, atMs);
  const posts = name.startsWith('words') ? all.filter(({ text }) => text.split(' ').includes('kelp')) : all;
  if (name === 'words')
    return newestFirst(
      world,
      posts.map(({ uri }) => uri),
    );
  const likes = (post: Post) => [...post.likers.keys()].filter((did) => world.accounts.get(did)?.isActive).length;
  const gravity = name === 'top' || name === 'art' ? undefined : 1.8;
  const scored = posts
    .map((post) => ({ post, likes: likes(post) }))
    .filter((entry) => entry.likes >= MINIMUM_LIKES)
    .map(({ post, likes: sum }) => ({
      post,
      score: gravity === undefined ? sum : (sum - 1) / ((atMs - post.atMs) / 3_600_000 + 2) ** gravity,
    }));
  return scored
    .toSorted((a, b) => b.score - a.score || b.post.atMs - a.post.atMs || (a.post.uri < b.post.uri ? -1 : 1))
    .map(({ post }) => post.uri);
}

function memberPosts(world: FeedsWorld, atMs: number, name: 'listed' | 'club'): string[] {
  const authors = new Set(name === 'listed' ? world.listed.values() : world.members);
  return candidates(world, name, atMs)
    .filter(({ did }) => authors.has(did))
    .map(({ uri }) => uri);
}

function newestFirst(world: FeedsWorld, uris: Iterable<string>): string[] {
  const posts = [...new Set(uris)].map((uri) => world.posts.get(uri) as Post);
  return posts.toSorted((a, b) => b.atMs - a.atMs || (a.uri < b.uri ? -1 : 1)).map(({ uri }) => uri);
}

/** What shows, in the window, and may be in the feed. */
function candidates(world: FeedsWorld, name: FeedName, atMs: number): Post[] {
  const takesReplies = name === 'top' || name === 'art';
  return [...world.posts.values()].filter(
    (post) =>
      !post.isDeleted &&
      world.accounts.get(post.did)?.isActive === true &&
      post.atMs > atMs - WINDOW_MS &&
      (takesReplies || !post.isReply) &&
      mayShow(world, name, post, atMs),
  );
}

function mayShow(world: FeedsWorld, name: FeedName, post: Post, atMs: number): boolean {
  const rules: { exclude: string; recommendableOnly: boolean; bots?: boolean; require?: string } = FEEDS[name];
  const account = world.accounts.get(post.did);
  const isHidden = ['', name].some(
    (feed) => world.hides.has(`${feed} ${post.uri}`) || world.hides.has(`${feed} ${post.did}`),
  );
  if (isHidden) return false;
  const values = labelsOf(world, post, atMs);
  if (rules.exclude === 'recommended' && RECOMMENDED.some((val) => values.has(val))) return false;
  if (rules.bots === false && account?.isBot) return false;
  if (rules.recommendableOnly && account?.isOptedOut) return false;
  return rules.require === undefined || values.has(rules.require);
}

function labelsOf(world: FeedsWorld, post: Post, atMs: number): Set<string> {
  const said = [...world.labels.values()].filter(
    ({ uri, neg, expMs }) => (uri === post.uri || uri === post.did) && !neg && expMs > atMs,
  );
  return new Set([...post.selfLabels, ...said.map(({ val }) => val)]);
}
