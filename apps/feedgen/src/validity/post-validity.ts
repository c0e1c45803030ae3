import { AppBskyFeedPost, jsonToLex } from '@atproto/api';

/** Some CID: stored records have lost those of their references, and any will do. */
const SOME_CID = 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a';

/**
 * Whether a stored record keeps to the lexicon app.bsky.feed.post, as the AppView asks before it indexes a post. An embed, a
 * facet's feature or a label of a type that the lexicons don't name is no fault. Whether a reference had a good `cid` can't be
 * told, since it is not stored. @throws SyntaxError for text that isn't JSON
 */
export function isValidPost(recordJson: string): boolean {
  const record = withCids(JSON.parse(recordJson));
  return AppBskyFeedPost.validateRecord(jsonToLex(record)).success;
}

/** Puts a `cid` beside every at:// `uri` that has none. Records are stored with 512 levels at the most. */
function withCids(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withCids);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withCids(value)]));
  const uri = copy['uri'];
  return typeof uri === 'string' && uri.startsWith('at://') ? { cid: SOME_CID, ...copy } : copy;
}
