import type { ClickHouse } from '../../clickhouse/types.ts';
import { arrayOfStrings, dateTime64Ms, fixedString, string, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';

/** Where an event that was set aside is in the order of time. */
export interface RejectedPlace {
  /** Its event_hash. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface RejectedReason {
  readonly reason: string;
  readonly numSince: number;
  /** The newest first. */
  readonly newest: readonly RejectedPlace[];
}

const MAX_REASONS = 100;
const REASON = shape({ reason: string, numSince: uint64, places: arrayOfStrings });

/**
 * Of each reason how many events were set aside since a moment (about, above some ten thousand), and the newest of all time. Reads three
 * small columns of the whole table: for an answer that many callers share. A replay writes an event again, which counts once.
 */
export async function readRejectedReasons(
  clickhouse: ClickHouse,
  { sinceMs, newest }: { readonly sinceMs: number; readonly newest: number },
): Promise<RejectedReason[]> {
  const rows = await clickhouse.query(
    `SELECT reason, uniqIf(event_hash, ingest_at >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')) AS num_since,
         arrayMap(place -> concat(toString(-place.1), ' ', place.2),
             groupArraySorted({newest:UInt32})((-toUnixTimestamp64Milli(ingest_at), toString(event_hash)))) AS places
     FROM rejected_events GROUP BY reason ORDER BY num_since DESC, reason LIMIT ${MAX_REASONS}`,
    REASON,
    { sinceMs, newest },
  );
  return rows.map(({ reason, numSince, places }) => ({ reason, numSince, newest: eachOnce(places.map(readPlace)) }));
}

function eachOnce(places: readonly RejectedPlace[]): RejectedPlace[] {
  const seen = new Set<string>();
  return places.filter(({ id }) => !seen.has(id) && seen.add(id));
}

function readPlace(text: string): RejectedPlace {
  const [at = '', id = ''] = text.split(' ');
  return { id, at: Number(at) };
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
