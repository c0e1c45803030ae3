import type { ClickHouse } from '../clickhouse/types.ts';
import { fixedString, lowCardinalityString, string, uint64 } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** What could not be indexed, with the reason. */
export interface RejectedEventRow {
  /** First 16 bytes of the SHA-256 of the event without time_us and cursor, in hex: see hashEvent. */
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

/** The newest rejected events, at most `limit`. */
export function listRejected(
  clickhouse: ClickHouse,
  limit = 100,
): Promise<{ reason: string; detail: string; did: string; event: string; ingestAt: string }[]> {
  return clickhouse.query(
    'SELECT reason, detail, did, event, ingest_at AS ingestAt FROM rejected_events FINAL ORDER BY ingest_at DESC, event_hash LIMIT {limit:UInt32}',
    { limit },
  );
}

/** How many different events were rejected, by reason. */
export function countRejectedByReason(clickhouse: ClickHouse): Promise<{ reason: string; events: number }[]> {
  return clickhouse.query(
    'SELECT reason, toFloat64(count()) AS events FROM rejected_events FINAL GROUP BY reason ORDER BY reason',
  );
}
