import { isDid, isHandle, isNsid, isRkey } from './identifiers.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { describe, isCount, type RejectedFrame, reject } from './rejection.ts';
import { parseTimeMicros } from './rfc3339.ts';
import { parseTid, type Tid } from './tid.ts';

export type Operation = 'create' | 'update' | 'delete';

/** One operation on one record. */
export interface CommitEvent {
  readonly kind: 'commit';
  readonly did: string;
  /** Microseconds since 1970, as the host shows them: not monotonic, and orders nothing. */
  readonly timeUs: number;
  /** The host's sequence number; undefined on legacy hosts. */
  readonly cursor: number | undefined;
  readonly rev: Tid;
  readonly operation: Operation;
  readonly collection: string;
  readonly rkey: string;
  /** Any JSON value; undefined on a delete. */
  readonly record: unknown;
}

export interface IdentityEvent {
  readonly kind: 'identity';
  readonly did: string;
  readonly timeUs: number;
  readonly cursor: number | undefined;
  /** Lower-cased; undefined when the event names none; it then changes none. */
  readonly handle: string | undefined;
  /** The inner `time` in microseconds since 1970, as the account's server has it. orderMicros() says what orders its events. */
  readonly eventMicros: number;
}

export interface AccountEvent {
  readonly kind: 'account';
  readonly did: string;
  readonly timeUs: number;
  readonly cursor: number | undefined;
  readonly active: boolean;
  /** Open set: takendown, suspended, deleted, deactivated, …; '' when absent. */
  readonly status: string;
  readonly eventMicros: number;
}

export type JetstreamEvent = CommitEvent | IdentityEvent | AccountEvent;

export type ParsedFrame = { readonly ok: true; readonly event: JetstreamEvent } | RejectedFrame;

/** The event in one text frame of Jetstream's `/subscribe`, or why the frame is not an event. Never throws. */
export function parseFrame(text: string): ParsedFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return reject(undefined, 'not_json', error instanceof Error ? error.message : 'not JSON');
  }
  return parseEvent(value);
}

/** The event in a value from JSON.parse, or why the value is not an event. Never throws. */
export function parseEvent(value: unknown): ParsedFrame {
  if (!isJsonObject(value)) return reject(undefined, 'not_an_object', `the frame is ${describe(value)}`);
  const kind = value.kind;
  if (kind !== 'commit' && kind !== 'identity' && kind !== 'account') {
    return reject(value, 'unknown_kind', `kind is ${describe(kind)}`);
  }
  const did = value.did;
  if (typeof did !== 'string' || !isDid(did)) return reject(value, 'bad_did', `did is ${describe(did)}`);
  const timeUs = value.time_us;
  if (!isCount(timeUs)) return reject(value, 'bad_time_us', `time_us is ${describe(timeUs)}`);
  const cursor = value.cursor;
  if (cursor !== undefined && !isCount(cursor)) return reject(value, 'bad_cursor', `cursor is ${describe(cursor)}`);
  if (kind === 'commit') return parseCommit(value, did, timeUs, cursor);
  if (kind === 'identity') return parseIdentity(value, did, timeUs, cursor);
  return parseAccount(value, did, timeUs, cursor);
}

function parseCommit(value: JsonObject, did: string, timeUs: number, cursor: number | undefined): ParsedFrame {
  const commit = value.commit;
  if (!isJsonObject(commit)) return reject(value, 'bad_commit', `commit is ${describe(commit)}`);
  const { operation, collection, rkey } = commit;
  const rev = typeof commit.rev === 'string' ? parseTid(commit.rev) : undefined;
  if (rev === undefined || rev.micros >= END_OF_REVS) return reject(value, 'bad_rev', `rev is ${describe(commit.rev)}`);
  if (operation !== 'create' && operation !== 'update' && operation !== 'delete') {
    return reject(value, 'unknown_operation', `operation is ${describe(operation)}`);
  }
  if (typeof collection !== 'string' || !isNsid(collection)) {
    return reject(value, 'bad_collection', `collection is ${describe(collection)}`);
  }
  if (typeof rkey !== 'string' || !isRkey(rkey)) return reject(value, 'bad_rkey', `rkey is ${describe(rkey)}`);
  const record = operation === 'delete' ? undefined : commit.record;
  if (record === undefined && operation !== 'delete') {
    return reject(value, 'missing_record', `${operation} without a record`);
  }
  return { ok: true, event: { kind: 'commit', did, timeUs, cursor, rev, operation, collection, rkey, record } };
}

function parseIdentity(value: JsonObject, did: string, timeUs: number, cursor: number | undefined): ParsedFrame {
  const identity = value.identity;
  if (!isJsonObject(identity)) return reject(value, 'bad_identity', `identity is ${describe(identity)}`);
  if (!isSameDid(identity.did, did)) return reject(value, 'bad_identity', `identity.did is ${describe(identity.did)}`);
  const handle = identity.handle ?? '';
  if (typeof handle !== 'string' || (handle !== '' && !isHandle(handle))) {
    return reject(value, 'bad_identity', `handle is ${describe(handle)}`);
  }
  const eventMicros = parseTimeMicros(identity.time);
  if (eventMicros === undefined) return reject(value, 'bad_event_time', `time is ${describe(identity.time)}`);
  const event: IdentityEvent = {
    kind: 'identity',
    did,
    timeUs,
    cursor,
    handle: handle === '' ? undefined : handle.toLowerCase(),
    eventMicros,
  };
  return { ok: true, event };
}

function parseAccount(value: JsonObject, did: string, timeUs: number, cursor: number | undefined): ParsedFrame {
  const account = value.account;
  if (!isJsonObject(account)) return reject(value, 'bad_account', `account is ${describe(account)}`);
  if (!isSameDid(account.did, did)) return reject(value, 'bad_account', `account.did is ${describe(account.did)}`);
  const { active } = account;
  if (typeof active !== 'boolean') return reject(value, 'bad_account', `active is ${describe(active)}`);
  const status = account.status ?? '';
  if (typeof status !== 'string' || status.length > MAX_STATUS_LENGTH) {
    return reject(value, 'bad_account', `status is ${describe(status)}`);
  }
  const eventMicros = parseTimeMicros(account.time);
  if (eventMicros === undefined) return reject(value, 'bad_event_time', `time is ${describe(account.time)}`);
  return { ok: true, event: { kind: 'account', did, timeUs, cursor, active, status, eventMicros } };
}

const MAX_STATUS_LENGTH = 256;
/** In September 2112. Up to there every version is below 2^63: see relativeVersion(). */
const END_OF_REVS = 2 ** 52;

/** The inner did repeats the outer one; some senders leave it out. */
function isSameDid(inner: unknown, did: string): boolean {
  return inner === undefined || inner === did;
}
