export { type AtUri, isAtUri, parseAtUri } from './at-uri.ts';
export {
  type AccountEvent,
  type CommitEvent,
  type IdentityEvent,
  type JetstreamEvent,
  type Operation,
  type ParsedFrame,
  parseEvent,
  parseFrame,
} from './events.ts';
export { isDid, isHandle, isNsid, isRkey } from './identifiers.ts';
export { isTooDeep } from './json-depth.ts';
export { recordJson } from './record-json.ts';
export { EARLIEST_CREATED_AT_MS, recordTime, sortAtMs } from './record-time.ts';
export {
  type FollowRecord,
  type LikeRecord,
  type PostEmbed,
  type PostRecord,
  type ProfileRecord,
  readBlock,
  readFollow,
  readLike,
  readPost,
  readProfile,
  readRepost,
} from './records.ts';
export type { RejectedFrame, RejectReason } from './rejection.ts';
export { parseTimeMicros, parseTimeMs } from './rfc3339.ts';
export {
  BACKDATED_TOKEN,
  backdatedToken,
  langToken,
  MEDIA_TOKEN,
  mentionToken,
  type PostTime,
  postTokens,
  type QueryTokens,
  queryTokens,
  type SearchablePost,
  searchTokens,
  tagToken,
} from './search-tokens.ts';
export { formatTid, parseTid, type Tid } from './tid.ts';
export { commitVersion, timeVersion, type Version, versionToBigInt } from './version.ts';
