/*
 * In: the text of one frame of v2's subscribeEvents. Out: its event, a notice, the error that ends the stream, or why it can't be read.
 * Keeps: a frame of a type that nobody here knows is ignored, as the protocol asks; a message of an unknown type, or with any other fault, becomes a rejection with
 * its reason.
 */

import { describe, isJsonObject, type JsonObject, parseTimeMicros, type RejectedFrame, reject } from '@updraft/atproto';
import type { JetstreamError } from '../errors.ts';
import { errorOf, nameOf } from '../wire-error.ts';
import { parseStreamEvent, type StreamEvent } from './stream-event.ts';

export type StreamFrame =
  | { readonly kind: 'event'; readonly event: StreamEvent }
  | { readonly kind: 'rejected'; readonly frame: RejectedFrame }
  /** `OutdatedCursor`: the cursor was moved up to the oldest event. `FutureCursor`: the stream began at the live end instead. */
  | { readonly kind: 'info'; readonly name: string; readonly message: string }
  | { readonly kind: 'error'; readonly error: JetstreamError }
  | { readonly kind: 'ignored'; readonly type: string };

/** Reads one frame. Never throws. */
export function parseV2Frame(text: string): StreamFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return rejected(reject(undefined, 'not_json', error instanceof Error ? error.message : 'not JSON'));
  }
  if (!isJsonObject(value)) return rejected(reject(undefined, 'not_an_object', `the frame is ${describe(value)}`));
  if (value.$type === 'message') return parsePayload(value.payload);
  if (value.$type === 'error') {
    const { error, message } = value;
    return { kind: 'error', error: errorOf({ status: undefined, error: nameOf(error), message: textOf(message) }) };
  }
  return { kind: 'ignored', type: textOf(value.$type) };
}

const TYPE_PREFIX = 'network.bsky.jetstream.subscribeEvents#';
const MAX_TEXT_LENGTH = 500;

function parsePayload(payload: unknown): StreamFrame {
  if (!isJsonObject(payload)) return rejected(reject(undefined, 'not_an_object', `payload is ${describe(payload)}`));
  const type = payload.$type;
  const kind = typeof type === 'string' && type.startsWith(TYPE_PREFIX) ? type.slice(TYPE_PREFIX.length) : undefined;
  if (kind === 'info') {
    return { kind: 'info', name: textOf(payload.name), message: textOf(payload.message) };
  }
  if (kind !== 'commit' && kind !== 'identity' && kind !== 'account' && kind !== 'sync') {
    return rejected(reject({ ...payload, kind: type }, 'unknown_kind', `$type is ${describe(type)}`));
  }
  const parsed = parseStreamEvent(asV1(kind, payload));
  return parsed.ok ? { kind: 'event', event: parsed.event } : rejected(parsed);
}

/** A commit's fields stand in the payload itself; the other kinds have theirs below their own name, as in v1. */
function asV1(kind: string, payload: JsonObject): JsonObject {
  const inner = kind === 'commit' ? payload : payload[kind];
  const time = payload.witnessedAt ?? payload.time;
  return {
    did: payload.did,
    time_us: parseTimeMicros(time) ?? time,
    cursor: payload.seq ?? null, // v1 may leave it out, v2 may not
    kind,
    [kind]: inner,
  };
}

function rejected(frame: RejectedFrame): StreamFrame {
  return { kind: 'rejected', frame };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT_LENGTH) : '';
}
