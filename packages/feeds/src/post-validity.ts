import { AppBskyFeedPost, jsonToLex } from '@atproto/api';

/** Any CID will do: stored records lack those of their references. */
const SOME_CID = 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a';

/**
 * Whether a stored record follows the lexicon app.bsky.feed.post, which the AppView requires before it indexes a post. An embed, a
 * facet's feature or a label may be of a type that the lexicons don't name. The `cid` of a reference is not stored, so it counts as good.
 * @throws SyntaxError for text that isn't JSON
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
