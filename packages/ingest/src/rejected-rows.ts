import { isJsonObject, type JsonObject, type RejectedFrame } from '@updraft/atproto';
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

/** The text is kept as it came; the hash is the same for every host and every way by which an event comes. */
function eventColumns(text: string): Pick<RejectedEventRow, 'eventHash' | 'event' | 'eventBytes'> {
  return {
    eventHash: hashText(identityText(text)),
    event: truncateUtf8(text, MAX_EVENT_BYTES),
    eventBytes: Buffer.byteLength(text),
  };
}

/**
 * The event without what differs between hosts, and in one form whether it came by v1, by v2 or as a line of the archive, which has no `cid`.
 * A frame that is not a JSON object stays as it is.
 */
function identityText(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (!isJsonObject(value)) return text;
    const {
      time_us: _time,
      cursor: _cursor,
      ...event
    } = value.$type === 'message' && isJsonObject(value.payload) ? asV1(value.payload) : value;
    const { cid: _cid, ...commit } = isJsonObject(event.commit) ? event.commit : {};
    return JSON.stringify(inKeyOrder({ ...event, ...(isJsonObject(event.commit) && { commit }) }, MAX_LEVELS));
  } catch (error) {
    // Nested too deep: the two fields are cut from its text. Only v1 shows such events.
    return error instanceof RangeError ? text.replace(HOST_FIELDS, '') : text;
  }
}

/** The payload of v2's frame in the form of v1: a commit's fields stand in the payload itself. */
function asV1(payload: JsonObject): JsonObject {
  const { $type: type, seq: _seq, did, time: _time, witnessedAt: _witnessed, ...rest } = payload;
  const kind = typeof type === 'string' ? type.slice(type.lastIndexOf('#') + 1) : '';
  return { did, kind, ...(kind === 'commit' ? { commit: rest } : rest) };
}

/** v2 and the archive have no record with more levels than 128, and the indexer writes none with more than 512. */
const MAX_LEVELS = 600;

/** Each way has its own order of keys. @throws RangeError when it nests deeper than `levels`, wherever the stack would end. */
function inKeyOrder(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) throw new RangeError('nested too deep');
  if (Array.isArray(value)) return value.map((item: unknown) => inKeyOrder(item, levels - 1));
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, inKeyOrder(item, levels - 1)]));
}

const HOST_FIELDS = /"(?:time_us|cursor)"\s*:\s*\d+\s*,?/g;
