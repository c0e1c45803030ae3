import { type PostRecord, postRest, postTokens } from '@updraft/atproto';
import type { PostRow } from '@updraft/store';

/** The columns of a post's row that don't come from its record. */
export type PostMeta = Pick<PostRow, 'recordHour' | 'did' | 'rkey' | 'operation' | 'sortAt' | 'version'>;

/** The row of a post. The same record always makes the same row; `json` is its recordJson(). */
export function postRow(post: PostRecord, json: string, meta: PostMeta): PostRow {
  const tokens = postTokens(post, { recordHour: meta.recordHour, sortAtMs: meta.sortAt });
  return rowOf(post, tokens, meta, json);
}

/** The row of a deleted post. */
export function deletedPostRow(meta: PostMeta): PostRow {
  return rowOf(NO_POST, [], meta, '');
}

/** All rows have one shape, which makes the encoder faster. */
function rowOf(post: PostRecord, tokens: readonly string[], meta: PostMeta, json: string): PostRow {
  const { recordHour, did, rkey, operation, sortAt, version } = meta;
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
  links: [],
  createdAtMs: undefined,
};
