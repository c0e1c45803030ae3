import { isDid, isHandle } from './identifiers.ts';

/** An account as people name it; a handle is in lower case. */
export type AccountName =
  | { readonly did: string; readonly handle?: undefined }
  | { readonly handle: string; readonly did?: undefined };

/** What the network shows for an account whose handle is not valid. No account has it. Source: https://atproto.com/specs/handle */
export const NO_HANDLE = 'handle.invalid';

/**
 * Reads what people paste as an account: a DID or a handle in any case, with `@` before it, with invisible characters, white
 * space and dots around it, as `at://…`, or as the address of a profile on bsky.app. Undefined when the text doesn't name an account. Never throws.
 */
export function readAccountName(text: string): AccountName | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const plain = withoutInvisible(text).normalize('NFKC').replaceAll('。', '.').trim();
  const address = ADDRESS.exec(plain);
  const name = bareName(address === null ? plain : decoded(address.groups?.['name'] ?? ''));
  if (isDid(name)) return { did: name };
  const lower = name.toLowerCase();
  if (isDid(lower)) return { did: lower };
  return isHandle(lower) ? { handle: lower } : undefined;
}

/** The text without characters that only steer its display: bidi marks, zero-width characters, soft hyphens, variation selectors. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/** Longer than any address of the longest DID. */
const MAX_LENGTH = 8_192;
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const ADDRESS = /^(?:at:\/\/|(?:https?:\/\/)?(?:www\.)?bsky\.app\/profile\/)(?<name>[^/?#]+)(?:[/?#].*)?$/isu;

function bareName(text: string): string {
  let end = text.length; // a regular expression takes the square of a long run of dots
  while (end > 0 && DOT_OR_SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(0, end).replace(/^[@\s]+/u, '');
}

const DOT_OR_SPACE = /[.\s]/u;

/** Browsers copy the colons of a DID as %3A. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
