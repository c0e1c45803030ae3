import type { RejectedFrame } from '@updraft/atproto';
import type { StreamEvent } from '@updraft/jetstream';
import { hashText, MAX_EVENT_BYTES, type RejectedEventRow, truncateUtf8 } from '@updraft/store';

/** The row of a frame that is not an event. */
export function rejectedFrameRow(frame: RejectedFrame, text: string): RejectedEventRow {
  const { reason, detail, did, kind, collection } = frame;
  return { reason, detail, did, kind, collection, ...eventColumns(text) };
}

/** The row of an event that was understood and can't be indexed. */
export function rejectedEventRow(event: StreamEvent, reason: string, detail: string, text: string): RejectedEventRow {
  const collection = event.kind === 'commit' ? event.collection : '';
  return { reason, detail, did: event.did, kind: event.kind, collection, ...eventColumns(text) };
}

/** The text is kept as it came; the hash is the same for every host. */
function eventColumns(text: string): Pick<RejectedEventRow, 'eventHash' | 'event' | 'eventBytes'> {
  return {
    eventHash: hashText(identityText(text)),
    event: truncateUtf8(text, MAX_EVENT_BYTES),
    eventBytes: Buffer.byteLength(text),
  };
}

/**
 * The event without its `time_us` and `cursor`, which differ between hosts, so that the same event from another host is the same row. A
 * frame that is not a JSON object stays as it is.
 */
function identityText(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return text;
    return JSON.stringify({ ...value, time_us: undefined, cursor: undefined });
  } catch (error) {
    // Nested too deep to be serialised again: the two fields are cut from its text.
    return error instanceof RangeError ? text.replace(HOST_FIELDS, '') : text;
  }
}

const HOST_FIELDS = /"(?:time_us|cursor)"\s*:\s*\d+\s*,?/g;
