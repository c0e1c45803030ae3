import { type AccountName, isRkey, readAccountName, withoutInvisible } from '@updraft/atproto';

/** What a host wants to take out of a feed, as it was pasted: an account, or one of its posts. */
export interface HideSubject {
  readonly account: AccountName;
  /** Of the post; undefined for the whole account. */
  readonly rkey: string | undefined;
}

/** Reads a DID, a handle, the at-uri of a post, or the address of either on bsky.app. Undefined for anything else, other records too. */
export function readHideSubject(text: string): HideSubject | undefined {
  const account = readAccountName(text);
  if (account === undefined) return undefined;
  const path = PATH.exec(withoutInvisible(text).normalize('NFKC').trim())?.groups?.['path'];
  if (path === undefined) return { account, rkey: undefined };
  const rkey = POST.exec(path)?.groups?.['rkey'];
  return rkey !== undefined && isRkey(rkey) ? { account, rkey } : undefined;
}

/** What follows the account. */
const PATH = /^(?:at:\/\/|.*\/profile\/)[^/?#]+\/(?<path>[^?#]+)/isu;
const POST = /^(?:app\.bsky\.feed\.)?post\/(?<rkey>[^/]+)\/?$/u;

/** The subject as the hides name it. */
export function hideSubject(did: string, rkey: string | undefined): string {
  return rkey === undefined ? did : `at://${did}/app.bsky.feed.post/${rkey}`;
}
