import { string, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';

/** Where members come from, as far as the index knows it. */
export type SourceQuery =
  /** A list, or the list of a starter pack: the accounts that its owner put on it. */
  | { readonly from: 'list'; readonly uri: string }
  | { readonly from: 'followers'; readonly of: string }
  /** Authors of posts with a hashtag. */
  | { readonly from: 'posts'; readonly tag: string }
  /** Accounts whose profile's description has a hashtag. */
  | { readonly from: 'profiles'; readonly tag: string }
  /** Accounts that like a record, such as a feed's. */
  | { readonly from: 'likes'; readonly uri: string };

export interface CandidateQuery {
  readonly label: string;
  /** Accounts in these states are offered too, besides those that nobody has asked for. */
  readonly open: readonly ('pending' | 'left')[];
  /** Only what is newer, by the records' own times in milliseconds since 1970; undefined for all that is read of this source. */
  readonly sinceMs: number | undefined;
  readonly limit: number;
}

export const CANDIDATE = shape({
  did: string,
  /** The at-uri of the record by which the source has the account; '' where there are several. */
  evidence: string,
  /** Of that record's last commit, in microseconds since 1970; 0 without evidence. */
  atMicros: uint64,
});
/** An account that a source has. */
export type Candidate = RowOf<typeof CANDIDATE>;

/** The account in this column may come in by the label: as SQL with the parameters `label` and `open`. Two questions, since a cluster refuses a UNION in an IN. */
export function isOpenTo(column: string): string {
  return `${column} NOT IN (
      SELECT actor_did FROM member_requests FINAL
      WHERE label = {label:String} AND state != 'ended' AND NOT has({open:Array(String)}, state))
    AND ${column} NOT IN (
      SELECT actor_did FROM actor_labels FINAL WHERE label = {label:String})`;
}

/** The time of a commit by the version of what it wrote, as SQL. */
export const microsOf = (version: string): string => `toUInt64(bitShiftRight(${version}, 11))`;

/** Records of one account that a search looks at, the newest first: the index also finds those that were deleted lately. */
export const PLACES_EACH = 20;
