/** A post as its address names it. */
export interface PostAddress {
  /** A DID or a handle, in lower case. */
  readonly account: string;
  readonly rkey: string;
}

/** Reads the address of a post at bsky.app, or its at-uri. Undefined for anything else. */
export function readPostAddress(text: string): PostAddress | undefined {
  const plain = text.replace(INVISIBLE, '').trim();
  const [, account = '', rkey = ''] = AT_URI.exec(plain) ?? PAGE.exec(plain) ?? [];
  const name = decoded(account);
  return DID.test(name) || HANDLE.test(name)
    ? { account: DID.test(name) ? name : name.toLowerCase(), rkey }
    : undefined;
}

const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const RKEY = '([\\w.:~-]{1,512})';
const AT_URI = new RegExp(`^at://([^/\\s]{1,2048})/app\\.bsky\\.feed\\.post/${RKEY}$`);
const PAGE = new RegExp(`^(?:https?://)?(?:www\\.)?bsky\\.app/profile/([^/\\s]{1,2048})/post/${RKEY}/?(?:[?#].*)?$`);
const DID = /^did:[a-z]+:[\w.:%-]+$/;
const HANDLE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i;

/** Browsers copy the colons of a DID as %3A. */
function decoded(account: string): string {
  try {
    return decodeURIComponent(account);
  } catch {
    return account;
  }
}
