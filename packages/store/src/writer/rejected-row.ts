import { hashText } from '../hash.ts';
import type { RejectedEventRow } from '../tables/rejected-events.ts';

/** At most this many bytes of an event or a row are kept in rejected_events. */
export const MAX_EVENT_BYTES = 1024 * 1024;

/** The record in rejected_events of a row that ClickHouse refuses. The same row gives the same hash. */
export function rejectedRow(table: string, row: object, reason: string): RejectedEventRow {
  const event = JSON.stringify(row);
  const fields: Partial<Record<string, unknown>> = { ...row };
  return {
    eventHash: hashText(`${table}\n${event}`),
    reason: 'refused_by_clickhouse',
    detail: `${table}: ${reason}`,
    did: firstText(fields['did'], fields['actorDid'], fields['repo']),
    kind: `row of ${table}`,
    collection: firstText(fields['collection']),
    event: truncateUtf8(event, MAX_EVENT_BYTES),
    eventBytes: Buffer.byteLength(event),
  };
}

/** The longest beginning of the text that is at most `maxBytes` of UTF-8, with no character cut in two. */
export function truncateUtf8(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

function firstText(...values: unknown[]): string {
  return values.find((value) => typeof value === 'string') ?? '';
}
