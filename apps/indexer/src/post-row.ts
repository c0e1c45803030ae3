import { type PostRecord, postTokens } from '@updraft/atproto';
import type { PostRow } from '@updraft/store';

/** What the row of a post takes from elsewhere than its record. */
export type PostPlace = Pick<PostRow, 'recordHour' | 'did' | 'rkey' | 'recordTime' | 'sortAt' | 'version'>;

/** The row of a post; of a record that is none, a removal. The same record always makes the same row. */
export function postRow(post: PostRecord | undefined, place: PostPlace): PostRow {
  const { text, langs, tags, mentions, parentUri, rootUri, quoteUri, embed, hasEmbeddedMedia } = post ?? NO_POST;
  const { recordHour, sortAt: sortAtMs } = place;
  return {
    ...place,
    text,
    langs,
    tags,
    mentions,
    tokens: post === undefined ? [] : postTokens(post, { recordHour, sortAtMs }),
    parentUri,
    rootUri,
    quoteUri,
    embed,
    hasEmbeddedMedia,
    deleted: post === undefined,
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
