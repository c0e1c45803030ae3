import { bool, int64, lowCardinalityString, string, uint32, version } from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';
import { hiddenBelow } from './hidden-actors.ts';

/** A record of any collection but posts, after its last operation. The view repo_records shows it whole. */
export const recordRows = defineTable('record_rows', {
  /** Hours since 1970 of the TID in the rkey; 0 when there is none within bounds. */
  recordHour: uint32,
  collection: lowCardinalityString,
  /** DID. */
  repo: string,
  /** The rkey as recordKey() of @updraft/atproto has it: one of the two. */
  rkeyTid: version,
  rkeyText: string,
  /** create, update or delete. */
  operation: lowCardinalityString,
  /** At-uri of what is liked or reposted, DID that is followed or blocked; '' in a delete, an unusable record and any other collection. */
  subject: lowCardinalityString,
  /** Of a subject: milliseconds from the TID in the rkey (1970 where there is none) to createdAt. */
  createdDelta: int64,
  /** What the other columns don't give of the JSON: see record-form.ts of @updraft/atproto. */
  jsonRest: string,
  /** relativeVersion() of @updraft/atproto. */
  relativeVersion: version,
  /** Only by a delete: an unusable record is one. */
  deleted: bool,
});
export type RecordRow = RowOf<typeof recordRows>;

/** The version of a row of record_rows, as SQL. */
export const RECORD_VERSION = '(relative_version + 2 * rkey_tid + 9223372036854775808)';
/** isVisible for a row of record_rows. */
export const isVisibleRecord = `${RECORD_VERSION} > ${hiddenBelow('did_key')}`;
/** Rows that have a subject: a delete and an unusable record have none. */
export const hasSubject = "subject_key != sipHash64('')";
/** The time of the TID in the rkey in milliseconds since 1970, as SQL; 0 where there is none. */
const KEY_MS = 'toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000))';
/**
 * sort_at of a row with a subject in milliseconds since 1970, as SQL: the earliest of the times in rkey, rev and createdAt. Versions below
 * the first TID are of imports, which know no rev.
 */
export const RECORD_SORT_AT_MS = `least(${KEY_MS} + created_delta, if(rkey_tid = 0, 9223372036854775807, ${KEY_MS}), if(${RECORD_VERSION} < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight(${RECORD_VERSION}, 11), 1000))))`;
/** The rkey as text, as SQL. It costs: read the two columns where there are many rows. */
export const RECORD_RKEY =
  "if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4))";
