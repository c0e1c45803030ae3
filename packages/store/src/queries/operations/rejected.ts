import type { ClickHouse } from '../../clickhouse/types.ts';
import { dateTime64Ms, fixedString, string, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';

const MAX_REASONS = 100;
const REASON = shape({ reason: string, numSince: uint64 });
export type RejectedReason = RowOf<typeof REASON>;

/**
 * Of each reason of all time how many events were set aside since a moment. Reads two small columns of the whole table. What a replay wrote
 * again counts twice until ClickHouse merges the rows.
 */
export function readRejectedReasons(clickhouse: ClickHouse, sinceMs: number): Promise<RejectedReason[]> {
  return clickhouse.query(
    `SELECT reason, countIf(ingest_at >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')) AS num_since
     FROM rejected_events GROUP BY reason ORDER BY num_since DESC, reason LIMIT ${MAX_REASONS}`,
    REASON,
    { sinceMs },
  );
}

const PLACE = shape({ eventHash: fixedString(32), ingestAt: dateTime64Ms });
/** Where an event that was set aside is in the order of time: the newest first, then by its hash. */
export type RejectedPlace = RowOf<typeof PLACE>;

/** The newest events that were set aside, each once; of one reason where one is named. Reads small columns of the whole table, too. */
export async function readNewestRejected(
  clickhouse: ClickHouse,
  { reason, limit }: { readonly reason?: string | undefined; readonly limit: number },
): Promise<RejectedPlace[]> {
  const where = reason === undefined ? '' : 'WHERE reason = {reason:String}';
  const places = await clickhouse.query(
    `SELECT event_hash, ingest_at FROM rejected_events ${where} ORDER BY ingest_at DESC, event_hash LIMIT {limit:UInt32}`,
    PLACE,
    { reason, limit },
  );
  const seen = new Set<string>();
  return places.filter(({ eventHash }) => !seen.has(eventHash) && seen.add(eventHash));
}

const EVENT = shape({
  eventHash: fixedString(32),
  ingestAt: dateTime64Ms,
  reason: string,
  detail: string,
  did: string,
  kind: string,
  collection: string,
  /** At most `maxBytes` of it. */
  event: string,
  eventBytes: uint64,
});
export type RejectedEvent = RowOf<typeof EVENT>;

/** Events by their hashes, each as it came last, in no order that counts. What is not UTF-8 in them is replaced. */
export function readRejectedEvents(
  clickhouse: ClickHouse,
  hashes: readonly string[],
  maxBytes: number,
): Promise<RejectedEvent[]> {
  return clickhouse.query(
    `SELECT event_hash, ingest_at, reason, toValidUTF8(left(detail, 2000)) AS detail, toValidUTF8(left(did, 2048)) AS did,
         toValidUTF8(left(kind, 100)) AS kind, toValidUTF8(left(collection, 400)) AS collection,
         toValidUTF8(left(event, {maxBytes:UInt32})) AS event, event_bytes
     FROM rejected_events WHERE event_hash IN {hashes:Array(String)} ORDER BY ingest_at DESC LIMIT 1 BY event_hash`,
    EVENT,
    { hashes, maxBytes },
  );
}
