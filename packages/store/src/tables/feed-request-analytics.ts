import {
  arrayOfVersions,
  bool,
  dateTime64Ms,
  lowCardinalityString,
  string,
  uint16,
  uint32,
} from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** A page that a signed-in viewer read. */
export const feedRequestAnalytics = defineTable('feed_request_analytics', {
  requestedAt: dateTime64Ms,
  /** The feed's alias. */
  feed: string,
  viewerDid: string,
  /** Makes the row unique, so that a repeated insert adds nothing. */
  requestId: string,
  pageLimit: uint16,
  pageSize: uint16,
  pageOffset: uint32,
  hasCursor: bool,
  isOutsider: bool,
  acceptLanguage: string,
  durationUs: uint32,
  buildId: string,
  /** Of the feed; '' where it has none. */
  variant: lowCardinalityString,
  /** itemKey() of the posts given, in order. */
  items: arrayOfVersions,
});
export type FeedRequestRow = RowOf<typeof feedRequestAnalytics>;
