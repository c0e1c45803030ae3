import type { Version } from '@updraft/atproto';
import { bool, dateTime, dateTime64Ms, string, uint32, version } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

export interface BlockRow {
  /** Hours since 1970 of the TID in the rkey; 0 when there is none within bounds. */
  readonly recordHour: number;
  readonly actorDid: string;
  readonly rkey: string;
  /** Seconds since 1970 of the TID in the rkey, or 0. */
  readonly recordTime: number;
  /** Milliseconds since 1970: the earliest of the times in rev, rkey and createdAt. */
  readonly sortAt: number;
  /** '' in a delete. */
  readonly subjectDid: string;
  readonly version: Version;
  /** Also true for a record that is unusable as its type. */
  readonly deleted: boolean;
}

export const blocks: Table<BlockRow> = defineTable<BlockRow>('blocks', {
  recordHour: uint32,
  actorDid: string,
  rkey: string,
  recordTime: dateTime,
  sortAt: dateTime64Ms,
  subjectDid: string,
  version,
  deleted: bool,
});
