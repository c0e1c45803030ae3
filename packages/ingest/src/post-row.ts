import { type PostRecord, postRest, postTokens } from '@updraft/atproto';
import type { PostRow } from '@updraft/store';

/** What the row of a post takes from elsewhere than its record. */
export type PostPlace = Pick<PostRow, 'recordHour' | 'did' | 'rkey' | 'operation' | 'sortAt' | 'version'>;

/** The row of a post that is there. The same record always makes the same row; `json` is its recordJson(). */
export function postRow(post: PostRecord, json: string, place: PostPlace): PostRow {
  const tokens = postTokens(post, { recordHour: place.recordHour, sortAtMs: place.sortAt });
  return rowOf(post, tokens, place, json);
}

/** The row of a post that is deleted. */
export function deletedPostRow(place: PostPlace): PostRow {
  return rowOf(NO_POST, [], place, '');
}

/** All rows have one shape: the encoder is the quicker for it. */
function rowOf(post: PostRecord, tokens: readonly string[], place: PostPlace, json: string): PostRow {
  const { recordHour, did, rkey, operation, sortAt, version } = place;
  const { text, langs, tags, mentions, parentUri, rootUri, quoteUri, embed, hasEmbeddedMedia } = post;
  return {
    recordHour,
    did,
    rkey,
    operation,
    sortAt,
    text,
    langs,
    tags,
    mentions,
    tokens,
    parentUri,
    rootUri,
    quoteUri,
    embed,
    hasEmbeddedMedia,
    jsonRest: json === '' ? '' : postRest(json, { sortAt, langs, parentUri, rootUri, text, quoteUri }),
    version,
    deleted: operation === 'delete',
  };
}

const NO_POST: PostRecord = {
  text: '',
  captions: [],
  langs: [],
  tags: [],
  mentions: [],
  parentUri: '',
  rootUri: '',
  quoteUri: '',
  embed: 'none',
  hasEmbeddedMedia: false,
  createdAtMs: undefined,
};
