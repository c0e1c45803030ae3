import { type AtUri, isRkey, parseAtUri, readAccountName, withoutInvisible } from '@updraft/atproto';

/** The answer to `q`: a page of bsky.app for an at-uri, an at-uri for such a page. */
export type Redirection = { readonly kind: 'page'; readonly url: string } | ({ readonly kind: 'uri' } & AtUri);

/**
 * Translates at-uris into pages of bsky.app and back: profiles, posts, feeds, lists and starter packs. Undefined for anything
 * else. A page may have any host, so that other builds of the app work too.
 */
export function redirect(q: string): Redirection | undefined {
  const uri = readUri(q);
  if (uri === undefined) return undefined;
  return AT_URI.test(pasted(q)) ? toPage(uri) : { kind: 'uri', ...uri };
}

/** The at-uri that people pasted, or that the pasted page stands for. Undefined for anything else. */
export function readUri(q: string): AtUri | undefined {
  const text = pasted(q);
  const [, authority, path = ''] = AT_URI.exec(text) ?? [];
  if (authority !== undefined) {
    const name = readAccountName(authority);
    return name === undefined ? undefined : parseAtUri(`at://${name.did ?? name.handle}${path}`);
  }
  const page = /^(?:www\.)?bsky\.app\//i.test(text) ? `https://${text}` : text;
  return /^https?:\/\//i.test(page) && URL.canParse(page) ? toUri(new URL(page)) : undefined;
}

/** The at-uri as text; it names the account alone when collection and rkey are ''. */
export function uriText({ authority, collection, rkey }: AtUri): string {
  return collection === '' ? `at://${authority}` : `at://${authority}/${collection}/${rkey}`;
}

const APP = 'https://bsky.app';
const AT_URI = /^at:\/\/([^/]*)(\/.*)?$/is;
/** The collection for each word of a page's path. */
const PAGES: Readonly<Record<string, string>> = {
  post: 'app.bsky.feed.post',
  feed: 'app.bsky.feed.generator',
  lists: 'app.bsky.graph.list',
};
const STARTER_PACK = 'app.bsky.graph.starterpack';
const PROFILE = 'app.bsky.actor.profile';

function pasted(q: string): string {
  return withoutInvisible(q).trim();
}

function toPage({ authority, collection, rkey }: AtUri): Redirection | undefined {
  const [account, key] = [encodeSegment(authority), encodeSegment(rkey)];
  if (collection === '' || collection === PROFILE) return { kind: 'page', url: `${APP}/profile/${account}` };
  if (key === '') return undefined;
  if (collection === STARTER_PACK) return { kind: 'page', url: `${APP}/starter-pack/${account}/${key}` };
  const word = Object.keys(PAGES).find((name) => PAGES[name] === collection);
  return word === undefined ? undefined : { kind: 'page', url: `${APP}/profile/${account}/${word}/${key}` };
}

function toUri(page: URL): AtUri | undefined {
  const [first, second = '', third, fourth] = segments(page) ?? [];
  const name = readAccountName(second);
  if (name === undefined) return undefined;
  const authority = name.did ?? name.handle;
  if (first === 'profile' && third === undefined) return { authority, collection: '', rkey: '' };
  const collection = first === 'profile' ? Object.entries(PAGES).find(([word]) => word === third)?.[1] : undefined;
  if (collection !== undefined) return toRecord(authority, collection, fourth);
  return first === 'starter-pack' || first === 'start' ? toRecord(authority, STARTER_PACK, third) : undefined;
}

function toRecord(authority: string, collection: string, rkey: string | undefined): AtUri | undefined {
  return rkey !== undefined && isRkey(rkey) ? { authority, collection, rkey } : undefined;
}

function segments({ pathname }: URL): string[] | undefined {
  try {
    return pathname.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return undefined; // a broken percent-encoding
  }
}

/** DIDs contain colons, which a path may contain too. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%3A', ':');
}
