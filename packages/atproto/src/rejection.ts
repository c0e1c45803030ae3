import { isJsonObject, type JsonObject } from './json-object.ts';

/**
 * Why an event is in rejected_events. `bad_sync` and `bad_record` are found in packages/jetstream, those of labels in packages/labels, the last
 * two later than here.
 */
export type RejectReason =
  | 'not_json'
  | 'not_an_object'
  | 'unknown_kind'
  | 'bad_did'
  | 'bad_time_us'
  | 'bad_cursor'
  | 'bad_commit'
  | 'bad_rev'
  | 'unknown_operation'
  | 'bad_collection'
  | 'bad_rkey'
  | 'missing_record'
  | 'bad_identity'
  | 'bad_account'
  | 'bad_event_time'
  | 'bad_sync'
  | 'bad_record'
  | 'bad_label'
  | 'bad_label_frame'
  | 'bad_label_signature'
  | 'record_too_deep'
  | 'refused_by_clickhouse';

/** A frame that is not an event: the reason, and what can still be read of it ('' or undefined where nothing can). */
export interface RejectedFrame {
  readonly ok: false;
  readonly reason: RejectReason;
  /** A short sentence for people. */
  readonly detail: string;
  readonly did: string;
  readonly kind: string;
  readonly collection: string;
  readonly timeUs: number | undefined;
  readonly cursor: number | undefined;
}

/** The rejection of a frame. It keeps the parts of the value that make sense; the value is undefined when it is not an object. */
export function reject(value: JsonObject | undefined, reason: RejectReason, detail: string): RejectedFrame {
  const commit = isJsonObject(value?.commit) ? value.commit : undefined;
  return {
    ok: false,
    reason,
    detail: detail.slice(0, MAX_DETAIL_LENGTH),
    did: shortString(value?.did, 2048),
    kind: shortString(value?.kind, 64),
    collection: shortString(commit?.collection, 317),
    timeUs: isCount(value?.time_us) ? value.time_us : undefined,
    cursor: isCount(value?.cursor) ? value.cursor : undefined,
  };
}

const MAX_DETAIL_LENGTH = 256;
const MAX_QUOTED_LENGTH = 100;

function shortString(value: unknown, maxLength: number): string {
  return typeof value === 'string' ? value.slice(0, maxLength) : '';
}

/** Describes any value in a few words. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') {
    const cut = value.length > MAX_QUOTED_LENGTH;
    return JSON.stringify(cut ? value.slice(0, MAX_QUOTED_LENGTH) : value) + (cut ? '…' : '');
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `of type ${typeof value}`;
}

/** A whole number that is exact and not negative, as times in microseconds and sequence numbers are. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
