import type { QueryParams } from '../../clickhouse/types.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import { hasSubject, isVisibleRecord, RECORD_SORT_AT_MS } from '../../tables/record-rows.ts';
import type { PostRule } from '../fragments.ts';

/** Of an account that follows more, the accounts that it followed last count. */
const MAX_FOLLOWS = 100_000;

const BLOCKED = `SELECT subject_did FROM blocks FINAL WHERE actor_did = {viewer:String} AND ${isVisible}`;

/** Whom the viewer follows and doesn't block, as a SELECT of DIDs. */
const FOLLOWED = `SELECT subject_did FROM follows FINAL
      WHERE actor_did = {viewer:String} AND ${isVisible} AND subject_did NOT IN (${BLOCKED})
      GROUP BY subject_did ORDER BY max(sort_at) DESC, subject_did LIMIT ${MAX_FOLLOWS}`;

/** The parameters of all that is here, besides those of the window. */
export function viewerParams(viewerDid: string): QueryParams {
  return { viewer: viewerDid };
}

/** A post of an account that the viewer follows. */
export const IS_FOLLOWED: PostRule = { name: 'followed', sql: `did IN (${FOLLOWED})` };

/** A post that somebody else brings: its author is not one whom the viewer blocks. */
export const IS_NOT_BLOCKED: PostRule = { name: 'not blocked', sql: `did NOT IN (${BLOCKED})` };

/** The record is of an account that the viewer follows. */
export const IS_BY_FOLLOWED = `repo IN (${FOLLOWED})`;

/** A repost within the window, of an account that the viewer follows: a row of record_rows that is read with FINAL. */
export const IS_FOLLOWED_REPOST = `record_hour >= {fromHour:UInt32} AND collection = 'app.bsky.feed.repost'
    AND ${IS_BY_FOLLOWED} AND ${hasSubject} AND ${isVisibleRecord}
    AND ${RECORD_SORT_AT_MS} > {fromMs:Int64} AND ${RECORD_SORT_AT_MS} <= {toMs:Int64}`;
