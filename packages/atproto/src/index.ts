export { type AccountName, NO_HANDLE, readAccountName, withoutInvisible } from './account-name.ts';
export { type AtUri, isAtUri, parseAtUri } from './at-uri.ts';
export { mediaOf } from './embeds.ts';
export { isClockError, orderMicros } from './event-order.ts';
export {
  type AccountEvent,
  type CommitEvent,
  type IdentityEvent,
  type JetstreamEvent,
  type Operation,
  parseEvent,
  parseFrame,
} from './events.ts';
export { foldAccents, isFolded } from './fold-accents.ts';
export { isDid, isHandle, isNsid, isRkey } from './identifiers.ts';
export { isTooDeep } from './json-depth.ts';
export { isJsonObject, type JsonObject } from './json-object.ts';
export { addressToken, domainOf } from './link-tokens.ts';
export { type PostColumns, postJson, postRest } from './post-form.ts';
export { parsePostQuery } from './post-query/parse-query.ts';
export { type AccountTerm, type PostQuery, QuerySyntaxError, type Term } from './post-query/post-query.ts';
export { type RecordForm, recordForm } from './record-form.ts';
export { recordJson } from './record-json.ts';
export { type RecordKey, recordKey, relativeVersion, rkeyMs } from './record-key.ts';
export { EARLIEST_CREATED_AT_MS, earliestMs, recordTime, sortAtMs } from './record-time.ts';
export { type PostRecord, type ProfileRecord, readFollow, readLike, readPost, readProfile } from './records.ts';
export { describe, isCount, type RejectedFrame, type RejectReason, reject } from './rejection.ts';
export { parseTimeMicros, parseTimeMs } from './rfc3339.ts';
export { exactTokens, postTokens, queryTokens } from './search-tokens.ts';
export { readSelfLabels, selfLabelsOfRest } from './self-labels.ts';
export { formatTid, parseTid, type Tid } from './tid.ts';
export {
  BACKDATED_TOKEN,
  BORDER_TOKEN,
  backdatedToken,
  FOLD_TOKEN,
  langToken,
  MEDIA_TOKEN,
  mentionToken,
  tagToken,
} from './token-marks.ts';
export { commitVersion, syncVersion, timeVersion, type Version, versionToBigInt } from './version.ts';
