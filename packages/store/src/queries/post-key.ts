import { isDid, isRkey, recordTime } from '@updraft/atproto';

/** What the keys of a post's rows are made of. */
export interface PostKey {
  readonly uri: string;
  readonly recordHour: number;
  readonly did: string;
  readonly rkey: string;
}

/** Undefined for a uri that isn't a post's. */
export function postKey(uri: string): PostKey | undefined {
  const [did = '', collection, rkey = '', ...rest] = uri.slice('at://'.length).split('/');
  if (collection !== 'app.bsky.feed.post' || rest.length > 0 || !isDid(did) || !isRkey(rkey)) return undefined;
  return { uri, recordHour: recordTime(rkey).recordHour, did, rkey };
}
