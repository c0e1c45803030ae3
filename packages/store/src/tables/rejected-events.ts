import { fixedString, lowCardinalityString, string, uint64 } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** What could not be indexed, with the reason. */
export interface RejectedEventRow {
  /** First 16 bytes of the SHA-256 of the event without time_us and cursor, in hex. */
  readonly eventHash: string;
  /** A RejectReason of @updraft/atproto. */
  readonly reason: string;
  readonly detail: string;
  readonly did: string;
  readonly kind: string;
  readonly collection: string;
  /** The frame or the refused row, at most 1 MiB of it. */
  readonly event: string;
  /** Its whole length in bytes. */
  readonly eventBytes: number;
}

export const rejectedEvents: Table<RejectedEventRow> = defineTable<RejectedEventRow>('rejected_events', {
  eventHash: fixedString(32),
  reason: lowCardinalityString,
  detail: string,
  did: string,
  kind: string,
  collection: string,
  event: string,
  eventBytes: uint64,
});
