import {
  arrayOfLowCardinalityStrings,
  arrayOfStrings,
  bool,
  dateTime64Ms,
  lowCardinalityString,
  string,
  uint32,
  version,
} from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** A post after its last operation. The view posts shows it, the view repo_records its JSON. */
export const postRows = defineTable('post_rows', {
  /** Hours since 1970 of the TID in the rkey; 0 when there is none within bounds. */
  recordHour: uint32,
  did: string,
  rkey: string,
  /** create, update or delete. */
  operation: lowCardinalityString,
  /** Milliseconds since 1970: the earliest of the times in rev, rkey and createdAt. */
  sortAt: dateTime64Ms,
  text: string,
  langs: arrayOfStrings,
  tags: arrayOfStrings,
  /** DIDs. */
  mentions: arrayOfStrings,
  /** What the post is found by: postTokens() of @updraft/atproto; none where it is deleted. */
  tokens: arrayOfLowCardinalityStrings,
  /** '' when the post is not a reply. */
  parentUri: string,
  rootUri: string,
  quoteUri: string,
  /** none, images, gallery, video, external, record, or other for what is attached and not understood. */
  embed: lowCardinalityString,
  hasEmbeddedMedia: bool,
  /** What the other columns don't give of the JSON: see post-form.ts of @updraft/atproto. */
  jsonRest: string,
  version,
  deleted: bool,
});
export type PostRow = RowOf<typeof postRows>;
