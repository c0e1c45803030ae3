import { dateTime64Ms, string } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** What a viewer did with a post of a feed. */
export interface FeedInteractionRow {
  readonly receivedAt: number;
  /** The feed's alias; '' when the sender named no feed of ours. */
  readonly feed: string;
  readonly viewerDid: string;
  /** Makes the row unique, so that a repeated insert adds nothing. */
  readonly interactionId: string;
  /** Uri of the post. */
  readonly item: string;
  /** Such as interactionLike, requestLess: without `app.bsky.feed.defs#`. */
  readonly event: string;
  readonly feedContext: string;
  readonly reqId: string;
}

export const feedInteractions: Table<FeedInteractionRow> = defineTable<FeedInteractionRow>('feed_interactions', {
  receivedAt: dateTime64Ms,
  feed: string,
  viewerDid: string,
  interactionId: string,
  item: string,
  event: string,
  feedContext: string,
  reqId: string,
});
