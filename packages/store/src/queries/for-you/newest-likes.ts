import type { CallOptions, ClickHouse } from '../../clickhouse/types.ts';
import { int64, string, uint32 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';
import { hasSubject, isVisibleRecord } from '../../tables/record-rows.ts';
import { halves } from './hour-of-likes.ts';

const NEW_LIKE = shape({ keyLo: uint32, keyHi: uint32, uri: string, atMs: int64 });
export type NewLike = RowOf<typeof NEW_LIKE>;

export interface NewestLikesQuery {
  readonly did: string;
  /** Hours since 1970 of the likes' keys: those looked at. */
  readonly hours: readonly number[];
  readonly nowMs: number;
  readonly limit: number;
}

/**
 * An account's newest likes, newest first: what is liked, its key and when. The hours are named one by one, so that each is looked up by the
 * beginning of the sort key; an index of all likes by account is not needed.
 */
export function newestLikes(
  clickhouse: ClickHouse,
  query: NewestLikesQuery,
  options: CallOptions,
): Promise<NewLike[]> {
  return clickhouse.query(
    `SELECT ${halves('subject_key', 'key')}, toString(subject) AS uri, toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS at_ms
     FROM record_rows FINAL
     WHERE record_hour IN {hours:Array(UInt32)} AND collection = 'app.bsky.feed.like' AND repo = {did:String}
       AND rkey_tid < bitShiftLeft(toUInt64({nowMs:Int64} + 1) * 1000, 10) AND ${hasSubject} AND ${isVisibleRecord}
     ORDER BY rkey_tid DESC LIMIT {limit:UInt32}`,
    NEW_LIKE,
    { ...query },
    options,
  );
}
