import type { Version } from '@updraft/atproto';
import {
  arrayOfStrings,
  bool,
  dateTime,
  dateTime64Ms,
  lowCardinalityString,
  string,
  uint32,
  version,
} from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

export interface PostRow {
  /** Hours since 1970 of the TID in the rkey; 0 when there is none within bounds. */
  readonly recordHour: number;
  readonly did: string;
  readonly rkey: string;
  /** Seconds since 1970 of the TID in the rkey, or 0. */
  readonly recordTime: number;
  /** Milliseconds since 1970: the earliest of the times in rev, rkey and createdAt. */
  readonly sortAt: number;
  readonly text: string;
  readonly langs: readonly string[];
  readonly tags: readonly string[];
  /** DIDs. */
  readonly mentions: readonly string[];
  /** What the post is found by: postTokens() of @updraft/atproto; none where it is deleted. */
  readonly tokens: readonly string[];
  /** '' when the post is no reply. */
  readonly parentUri: string;
  readonly rootUri: string;
  readonly quoteUri: string;
  /** none, images, gallery, video, external, record, or other for what is attached and not understood. */
  readonly embed: string;
  readonly hasEmbeddedMedia: boolean;
  readonly version: Version;
  /** Also true for a record that is unusable as a post. */
  readonly deleted: boolean;
}

export const posts: Table<PostRow> = defineTable<PostRow>('posts', {
  recordHour: uint32,
  did: string,
  rkey: string,
  recordTime: dateTime,
  sortAt: dateTime64Ms,
  text: string,
  langs: arrayOfStrings,
  tags: arrayOfStrings,
  mentions: arrayOfStrings,
  tokens: arrayOfStrings,
  parentUri: string,
  rootUri: string,
  quoteUri: string,
  embed: lowCardinalityString,
  hasEmbeddedMedia: bool,
  version,
  deleted: bool,
});
