/*
 * In: an event as v1 writes it, in JSON, and `sync`, which v1 lacks. Out: the event, or the reason why it can't be one.
 * Keeps: what a row is made of is checked in one place, whichever way the event came; nothing here throws on any input.
 */

import {
  describe,
  isCount,
  isDid,
  isJsonObject,
  type JetstreamEvent,
  type JsonObject,
  parseEvent,
  parseTid,
  type RejectedFrame,
  reject,
  type Tid,
} from '@updraft/atproto';

/** All older records of the account are gone; those that it still has follow, as creates. */
export interface SyncEvent {
  readonly kind: 'sync';
  readonly did: string;
  readonly timeUs: number;
  readonly cursor: number | undefined;
  /** Of the repository as the host fetched it, or as the relay announced it. */
  readonly rev: Tid;
}

/** An event of v2, live or from the archive. `cursor` is its seq, `timeUs` the time at which the host witnessed it. */
export type StreamEvent = JetstreamEvent | SyncEvent;

export type ParsedEvent = { readonly ok: true; readonly event: StreamEvent } | RejectedFrame;

/** The event in one line of the archive, as eventLine() wrote it. */
export function parseLine(text: string): ParsedEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return reject(undefined, 'not_json', error instanceof Error ? error.message : 'not JSON');
  }
  return parseStreamEvent(value);
}

/** The event that a value from JSON.parse is: one of v1, or a `sync` in the same form. */
export function parseStreamEvent(value: unknown): ParsedEvent {
  if (!isJsonObject(value)) return parseEvent(value);
  if (value.kind === 'sync') return parseSync(value);
  const parsed = parseEvent(value);
  const fault = parsed.ok || value.fault === undefined ? undefined : value.fault;
  return typeof fault === 'string' ? reject(value, 'bad_record', fault) : parsed;
}

/** In September 2112, as for commits. */
const END_OF_REVS = 2 ** 52;

function parseSync(value: JsonObject): ParsedEvent {
  const { did, time_us: timeUs, cursor, sync } = value;
  if (typeof did !== 'string' || !isDid(did)) return reject(value, 'bad_did', `did is ${describe(did)}`);
  if (!isCount(timeUs)) return reject(value, 'bad_time_us', `time_us is ${describe(timeUs)}`);
  if (cursor !== undefined && !isCount(cursor)) return reject(value, 'bad_cursor', `cursor is ${describe(cursor)}`);
  if (!isJsonObject(sync)) return reject(value, 'bad_sync', `sync is ${describe(sync)}`);
  if (sync.did !== undefined && sync.did !== did) {
    return reject(value, 'bad_sync', `sync.did is ${describe(sync.did)}`);
  }
  const rev = typeof sync.rev === 'string' ? parseTid(sync.rev) : undefined;
  if (rev === undefined || rev.micros >= END_OF_REVS) {
    return reject(value, 'bad_rev', `sync.rev is ${describe(sync.rev)}`);
  }
  return { ok: true, event: { kind: 'sync', did, timeUs, cursor, rev } };
}
