import { isJsonObject, type JsonObject } from './json-object.ts';

/** Why an event stands in rejected_events. The last two are found later than here, `bad_sync` and `bad_record` in packages/jetstream. */
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
  | 'record_too_deep'
  | 'refused_by_clickhouse';

/** A frame that is no event: the reason, and what can still be read of it ('' or undefined where nothing can). */
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

/** The rejection of a frame, of whose value (undefined when it is no object) the parts that make sense are kept. */
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

/** What a value is, in few words and whatever it is. */
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

/** Whole, not negative, and exact: what a time in microseconds and a sequence number are. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
