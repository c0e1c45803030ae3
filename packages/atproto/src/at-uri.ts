import { isDid, isHandle, isNsid, isRkey } from './identifiers.ts';

/** An at-uri taken apart. `collection` and `rkey` are '' where the uri ends before them. */
export interface AtUri {
  /** A DID, or a handle where someone wrote one. */
  readonly authority: string;
  readonly collection: string;
  readonly rkey: string;
}

/**
 * `at://authority[/collection[/rkey]]`, or undefined for anything else: no query, fragment or trailing slash.
 * Source: https://atproto.com/specs/at-uri-scheme (the restricted form that records use).
 */
export function parseAtUri(text: string): AtUri | undefined {
  if (!isAtUri(text)) return undefined;
  const [authority = '', collection = '', rkey = ''] = text.slice(SCHEME.length).split('/');
  return { authority, collection, rkey };
}

/** Whether parseAtUri would understand `text`, without cutting it up. */
export function isAtUri(text: string): boolean {
  if (!text.startsWith(SCHEME)) return false;
  const authorityEnd = slashOrEnd(text, SCHEME.length);
  if (!isDid(text, SCHEME.length, authorityEnd) && !isHandle(text, SCHEME.length, authorityEnd)) return false;
  if (authorityEnd === text.length) return true;
  const collectionEnd = slashOrEnd(text, authorityEnd + 1);
  if (!isNsid(text, authorityEnd + 1, collectionEnd)) return false;
  return collectionEnd === text.length || isRkey(text, collectionEnd + 1);
}

const SCHEME = 'at://';

function slashOrEnd(text: string, from: number): number {
  const slash = text.indexOf('/', from);
  return slash < 0 ? text.length : slash;
}
