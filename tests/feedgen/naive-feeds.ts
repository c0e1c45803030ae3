import type { Feed } from '@updraft/feeds';
import { AUTHORS, pickOf, type SmallDeed, type SmallPost, type SmallWorld, wordOf } from './small-world.ts';

/** What a feed must hold, one post at a time: no SQL, no tokens, no index. */
export interface Truth extends SmallWorld {
  /** Inactive. */
  readonly hidden: ReadonlySet<string>;
  readonly bearers: ReadonlySet<string>;
  readonly listed: ReadonlySet<string>;
  /** What a query of `makeSearch` means, by its text. */
  readonly searches: ReadonlyMap<string, (post: SmallPost) => boolean>;
}

type Dice = (below: number) => number;
const HOUR_MS = 3_600_000;

/** A query of the search language, and what it means. */
export function makeSearch(dice: Dice): { q: string; matches: (post: SmallPost) => boolean } {
  const word = wordOf(dice);
  const other = wordOf(dice);
  const [author, tag] = [pickOf(AUTHORS, dice), pickOf(['art', 'sea'], dice)];
  const all = (post: SmallPost) => [...post.words, ...post.alts];
  const inARow = (words: readonly string[]) => words.some((each, n) => each === word && words[n + 1] === other);
  const positive: [string, (post: SmallPost) => boolean][] = [
    [word, (post) => all(post).includes(word)],
    [`"${word} ${other}"`, (post) => inARow(post.words) || inARow(post.alts)],
    [`#${tag}`, (post) => post.tags.includes(tag)],
    [`from:${author}`, (post) => post.did === author],
    [`mentions:${author}`, (post) => post.mention === author],
    ['lang:en', (post) => post.langs.some((lang) => lang.startsWith('en'))],
    ['has:media', (post) => post.alts.length > 0],
    ['domain:example.com', ({ domain }) => domain === 'example.com' || domain === 'news.example.com'],
    [`alt:${word}`, (post) => post.alts.includes(word)],
  ];
  const [q, matches] = pickOf(positive, dice);
  if (dice(2) === 0) return { q, matches };
  const [no, isNot] = pickOf(positive.slice(1), dice);
  if (no === q) return { q, matches };
  return { q: `${q} -${no}`, matches: (post) => matches(post) && !isNot(post) };
}

export const PATTERNS = ['^river', 'stone (lamp|bread)', '(?i)NIGHT$', 'a.d'];

/** The feed's posts, best first. `partsOf` gives the builds of a union's parts. */
export function trueFeed(
  truth: Truth,
  feed: Feed,
  asOfMs: number,
  partsOf: (alias: string) => readonly string[],
): string[] {
  if (feed.kind === 'static') return [...feed.posts];
  const passing = truth.posts.filter((post) => passes(truth, feed, post, asOfMs));
  return withinShares(inOrder(truth, feed, passing, asOfMs, partsOf), feed.perAuthor)
    .slice(0, feed.size)
    .map(({ uri }) => uri);
}

type Built = Exclude<Feed, { kind: 'static' }>;

function passes(truth: Truth, feed: Built, post: SmallPost, asOfMs: number): boolean {
  if (!shows(truth, post) || post.atMs > asOfMs || post.atMs <= asOfMs - feed.window) return false;
  if (!feed.replies && post.parentUri !== '') return false;
  if (feed.mediaOnly && post.alts.length === 0) return false;
  if (feed.validOnly && !post.isValid) return false;
  if (feed.languages.length > 0 && !post.langs.some((lang) => feed.languages.includes(lang.slice(0, 2)))) return false;
  if (feed.kind === 'author-label') return truth.bearers.has(post.did);
  if (feed.kind === 'list') return truth.listed.has(post.did);
  if (feed.kind !== 'search') return true;
  if (feed.authors !== undefined && !truth.bearers.has(post.did)) return false;
  return truth.searches.get(feed.query)?.(post) === true && isMatch(feed.pattern, post.words.join(' '));
}

function isMatch(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  return pattern.startsWith('(?i)') ? new RegExp(pattern.slice(4), 'i').test(text) : new RegExp(pattern).test(text);
}

const shows = ({ hidden }: Truth, post: SmallPost): boolean => !post.isDeleted && !hidden.has(post.did);

function inOrder(
  truth: Truth,
  feed: Built,
  posts: readonly SmallPost[],
  asOfMs: number,
  partsOf: (alias: string) => readonly string[],
): SmallPost[] {
  const newest = posts.toSorted((a, b) => b.atMs - a.atMs);
  if (feed.kind === 'union') {
    const parts = feed.feeds.map(partsOf);
    const among = parts.flat();
    const turn = (uri: string) => Math.min(...parts.map((part, n) => placeOf(part, uri) * parts.length + n));
    const chosen = newest.filter(({ uri }) => among.includes(uri));
    return feed.order === 'newest' ? chosen : chosen.toSorted((a, b) => turn(a.uri) - turn(b.uri));
  }
  if (!('minimumLikes' in feed)) return newest;
  const tally = (deeds: readonly SmallDeed[], uri: string) => accountsOf(truth, deeds, uri, asOfMs, feed.window);
  const replies = truth.posts
    .filter((post) => shows(truth, post) && post.parentUri !== '')
    .map(({ did, parentUri, atMs }) => ({ did, uri: parentUri, atMs }));
  const scored = newest
    .filter(({ atMs }) => atMs <= asOfMs - feed.minimumAge)
    .map((post) => ({ post, likes: tally(truth.likes, post.uri) }))
    .filter(({ likes }) => likes >= feed.minimumLikes)
    .map(({ post, likes }) => {
      const { weights } = feed;
      const sum =
        weights.likes * likes +
        weights.reposts * tally(truth.reposts, post.uri) +
        weights.replies * tally(replies, post.uri);
      return {
        post,
        score: feed.kind === 'top' ? sum : (sum - 1) / ((asOfMs - post.atMs) / HOUR_MS + 2) ** feed.gravity,
      };
    });
  return scored.toSorted((a, b) => b.score - a.score || b.post.atMs - a.post.atMs).map(({ post }) => post);
}

const placeOf = (part: readonly string[], uri: string): number => {
  const place = part.indexOf(uri);
  return place < 0 ? Number.POSITIVE_INFINITY : place;
};

/** Accounts that did it, from the window's first hour on. */
function accountsOf(
  { hidden }: Truth,
  deeds: readonly SmallDeed[],
  uri: string,
  asOfMs: number,
  window: number,
): number {
  const fromMs = Math.floor((asOfMs - window) / HOUR_MS) * HOUR_MS;
  const counted = deeds.filter((deed) => deed.uri === uri && deed.atMs >= fromMs && deed.atMs <= asOfMs);
  return new Set(counted.map(({ did }) => did).filter((did) => !hidden.has(did))).size;
}

function withinShares(posts: readonly SmallPost[], perAuthor = Number.POSITIVE_INFINITY): SmallPost[] {
  return posts.filter((post, n) => posts.slice(0, n).filter(({ did }) => did === post.did).length < perAuthor);
}
