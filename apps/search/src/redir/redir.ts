import { isDid, isHandle, isRkey, parseAtUri } from '@updraft/atproto';

/** What `q` leads to: a page of bsky.app for an at-uri, an at-uri for such a page. */
export type Redirection =
  | { readonly kind: 'page'; readonly url: string }
  | { readonly kind: 'uri'; readonly authority: string; readonly collection: string; readonly rkey: string };

/**
 * Both ways between at-uris and the pages of bsky.app: profiles, posts, feeds, lists and starter packs. Undefined for
 * anything else. The host of a page is not looked at, so that other builds of the app work too.
 */
export function redirect(q: string): Redirection | undefined {
  if (q.startsWith('at://')) return toPage(q);
  return /^https?:\/\//i.test(q) && URL.canParse(q) ? toUri(new URL(q)) : undefined;
}

/** The at-uri as text; of an account alone when collection and rkey are ''. */
export function uriText({
  authority,
  collection,
  rkey,
}: {
  authority: string;
  collection: string;
  rkey: string;
}): string {
  return collection === '' ? `at://${authority}` : `at://${authority}/${collection}/${rkey}`;
}

const APP = 'https://bsky.app';
/** The collection behind each word of a page's path. */
const PAGES: Readonly<Record<string, string>> = {
  post: 'app.bsky.feed.post',
  feed: 'app.bsky.feed.generator',
  lists: 'app.bsky.graph.list',
};
const STARTER_PACK = 'app.bsky.graph.starterpack';
const PROFILE = 'app.bsky.actor.profile';

function toPage(uri: string): Redirection | undefined {
  const parsed = parseAtUri(uri);
  if (parsed === undefined) return undefined;
  const { authority, collection, rkey } = parsed;
  const [account, key] = [encodeSegment(authority), encodeSegment(rkey)];
  if (collection === '' || collection === PROFILE) return { kind: 'page', url: `${APP}/profile/${account}` };
  if (key === '') return undefined;
  if (collection === STARTER_PACK) return { kind: 'page', url: `${APP}/starter-pack/${account}/${key}` };
  const word = Object.keys(PAGES).find((name) => PAGES[name] === collection);
  return word === undefined ? undefined : { kind: 'page', url: `${APP}/profile/${account}/${word}/${key}` };
}

function toUri(page: URL): Redirection | undefined {
  const [first, second = '', third, fourth] = segments(page) ?? [];
  if (!isDid(second) && !isHandle(second)) return undefined;
  const authority = isDid(second) ? second : second.toLowerCase();
  if (first === 'profile' && third === undefined) return { kind: 'uri', authority, collection: '', rkey: '' };
  const collection = first === 'profile' ? Object.entries(PAGES).find(([word]) => word === third)?.[1] : undefined;
  if (collection !== undefined) return toRecord(authority, collection, fourth);
  return first === 'starter-pack' || first === 'start' ? toRecord(authority, STARTER_PACK, third) : undefined;
}

function toRecord(authority: string, collection: string, rkey: string | undefined): Redirection | undefined {
  return rkey !== undefined && isRkey(rkey) ? { kind: 'uri', authority, collection, rkey } : undefined;
}

function segments({ pathname }: URL): string[] | undefined {
  try {
    return pathname.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return undefined; // a broken percent-encoding
  }
}

/** Colons are what DIDs are made of, and legal in a path. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%3A', ':');
}
