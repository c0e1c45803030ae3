import { dateTime64Ms, string } from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** What a viewer did with a post of a feed. */
export const feedInteractions = defineTable('feed_interactions', {
  receivedAt: dateTime64Ms,
  /** The feed's alias; '' when the sender named no feed of ours. */
  feed: string,
  viewerDid: string,
  /** Makes the row unique, so that a repeated insert adds nothing. */
  interactionId: string,
  /** Uri of the post. */
  item: string,
  /** Such as interactionLike, requestLess: without `app.bsky.feed.defs#`. */
  event: string,
  feedContext: string,
  reqId: string,
});
export type FeedInteractionRow = RowOf<typeof feedInteractions>;
