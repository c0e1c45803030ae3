import { bool, dateTime64Ms, string, uint16, uint32 } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** A page that a signed-in viewer read. */
export interface FeedRequestRow {
  readonly requestedAt: number;
  /** The feed's alias. */
  readonly feed: string;
  readonly viewerDid: string;
  /** Makes the row unique, so that a repeated insert adds nothing. */
  readonly requestId: string;
  readonly pageLimit: number;
  readonly pageSize: number;
  readonly pageOffset: number;
  readonly hasCursor: boolean;
  readonly isOutsider: boolean;
  readonly acceptLanguage: string;
  readonly durationUs: number;
}

export const feedRequestAnalytics: Table<FeedRequestRow> = defineTable<FeedRequestRow>('feed_request_analytics', {
  requestedAt: dateTime64Ms,
  feed: string,
  viewerDid: string,
  requestId: string,
  pageLimit: uint16,
  pageSize: uint16,
  pageOffset: uint32,
  hasCursor: bool,
  isOutsider: bool,
  acceptLanguage: string,
  durationUs: uint32,
});
