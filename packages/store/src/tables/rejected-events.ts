import { fixedString, lowCardinalityString, string, uint64 } from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** What could not be indexed, with the reason. */
export const rejectedEvents = defineTable('rejected_events', {
  /** First 16 bytes of the SHA-256 of the event without time_us and cursor, in hex. */
  eventHash: fixedString(32),
  /** A RejectReason of @updraft/atproto. */
  reason: lowCardinalityString,
  detail: string,
  did: string,
  kind: string,
  collection: string,
  /** The frame or the refused row, at most 1 MiB of it. */
  event: string,
  /** Its whole length in bytes. */
  eventBytes: uint64,
});
export type RejectedEventRow = RowOf<typeof rejectedEvents>;
