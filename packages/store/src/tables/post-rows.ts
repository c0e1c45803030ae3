import type { Version } from '@updraft/atproto';
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
import { defineTable, type Table } from '../row-binary/table.ts';

/** A post after its last operation. The view posts shows it, the view repo_records its JSON. */
export interface PostRow {
  /** Hours since 1970 of the TID in the rkey; 0 when there is none within bounds. */
  readonly recordHour: number;
  readonly did: string;
  readonly rkey: string;
  /** create, update or delete. */
  readonly operation: string;
  /** Milliseconds since 1970: the earliest of the times in rev, rkey and createdAt. */
  readonly sortAt: number;
  readonly text: string;
  readonly langs: readonly string[];
  readonly tags: readonly string[];
  /** DIDs. */
  readonly mentions: readonly string[];
  /** What the post is found by: postTokens() of @updraft/atproto; none where it is deleted. */
  readonly tokens: readonly string[];
  /** '' when the post is not a reply. */
  readonly parentUri: string;
  readonly rootUri: string;
  readonly quoteUri: string;
  /** none, images, gallery, video, external, record, or other for what is attached and not understood. */
  readonly embed: string;
  readonly hasEmbeddedMedia: boolean;
  /** What the other columns don't give of the JSON: see post-form.ts of @updraft/atproto. */
  readonly jsonRest: string;
  readonly version: Version;
  readonly deleted: boolean;
}

export const postRows: Table<PostRow> = defineTable<PostRow>('post_rows', {
  recordHour: uint32,
  did: string,
  rkey: string,
  operation: lowCardinalityString,
  sortAt: dateTime64Ms,
  text: string,
  langs: arrayOfStrings,
  tags: arrayOfStrings,
  mentions: arrayOfStrings,
  tokens: arrayOfLowCardinalityStrings,
  parentUri: string,
  rootUri: string,
  quoteUri: string,
  embed: lowCardinalityString,
  hasEmbeddedMedia: bool,
  jsonRest: string,
  version,
  deleted: bool,
});
