import {
  type CardPost,
  type ClickHouse,
  displayNamesOf,
  handlesOf,
  readCardPosts,
  readStandingLabels,
} from '@updraft/store';
import type { PostCard } from '../views/post-card.ts';
import { cardOf } from './card.ts';

/** Nobody is to see these. */
const UNSEEN = ['!hide', '!takedown'];
/** What accounts say that want nobody to read them who is not signed in. */
const SIGNED_IN_ONLY = '!no-unauthenticated';
/** Readers are warned of these. Source: the label values of com.atproto.label.defs, and those of Bluesky's labeler that say more than a taste. */
const WARNED_OF = [
  '!warn',
  'porn',
  'sexual',
  'nudity',
  'graphic-media',
  'gore',
  'spam',
  'scam',
  'intolerant',
  'threat',
];
const VALUES = [...UNSEEN, SIGNED_IN_ONLY, ...WARNED_OF];

/**
 * The posts as cards, in the order of their uris. Left out are those that show no more or are labelled `!hide` or `!takedown`, and, for who
 * is not signed in, those of accounts that say `!no-unauthenticated`; the same goes for what they quote.
 */
export async function readCards(
  clickhouse: ClickHouse,
  uris: readonly string[],
  { isSignedIn }: { readonly isSignedIn: boolean },
): Promise<PostCard[]> {
  const asked = [...new Set(uris)];
  const posts = await readCardPosts(clickhouse, asked);
  const quoteUris = new Set([...posts.values()].map(({ quoteUri }) => quoteUri).filter((uri) => uri !== ''));
  const quotes = await readCardPosts(clickhouse, quoteUris);
  const all = new Map([...quotes, ...posts]);
  const dids = [...new Set([...all.values()].map(({ did }) => did))];
  const [labels, handles, displayNames] = await Promise.all([
    readLabels(clickhouse, all),
    handlesOf(clickhouse, dids),
    displayNamesOf(clickhouse, dids),
  ]);
  const kept = ({ uri }: CardPost) => isShown(labels.get(uri) ?? [], isSignedIn);
  const facts = { labels: warningsOf(labels), handles, displayNames, quotes: keep(all, kept) };
  const shown = keep(posts, kept);
  return asked.flatMap((uri) => {
    const post = shown.get(uri);
    return post === undefined ? [] : [cardOf(post, facts)];
  });
}

async function readLabels(
  clickhouse: ClickHouse,
  posts: ReadonlyMap<string, CardPost>,
): Promise<Map<string, readonly string[]>> {
  const labels = await readStandingLabels(clickhouse, posts.keys(), {
    values: VALUES,
    nowMs: Date.now(),
    readPostLabels: async () => new Map([...posts].map(([uri, { selfLabels }]) => [uri, selfLabels])),
  });
  return new Map([...labels].map(([uri, all]) => [uri, all.map(({ val }) => val)]));
}

function isShown(labels: readonly string[], isSignedIn: boolean): boolean {
  return !labels.some((val) => UNSEEN.includes(val) || (val === SIGNED_IN_ONLY && !isSignedIn));
}

function warningsOf(labels: ReadonlyMap<string, readonly string[]>): Map<string, readonly string[]> {
  return new Map([...labels].map(([uri, values]) => [uri, values.filter((val) => WARNED_OF.includes(val))]));
}

function keep(posts: ReadonlyMap<string, CardPost>, isKept: (post: CardPost) => boolean): Map<string, CardPost> {
  return new Map([...posts].filter(([, post]) => isKept(post)));
}
