import { isDid, isRkey, recordTime } from '@updraft/atproto';

/** What the keys of a post's rows are made of; each part is good inside quotes in SQL. */
export interface PostKey {
  readonly uri: string;
  readonly recordHour: number;
  readonly did: string;
  readonly rkey: string;
}

/** Undefined for a uri that isn't a post's. Neither syntax has a quote or a backslash; both are checked again, since this goes into SQL. */
export function postKey(uri: string): PostKey | undefined {
  const [did = '', collection, rkey = '', ...rest] = uri.slice('at://'.length).split('/');
  const isPost = collection === 'app.bsky.feed.post' && rest.length === 0 && isDid(did) && isRkey(rkey);
  if (!isPost || /['\\]/.test(did + rkey)) return undefined;
  return { uri, recordHour: recordTime(rkey).recordHour, did, rkey };
}
