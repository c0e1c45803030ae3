/*
 * jetstream: what speaks Jetstream's protocol.
 * In: addresses, cursors, filters; frames, segments, blocks. Out: events, as v1 has them and `sync`; segments, for who serves them.
 * Keeps: whatever a host sends is an event, a reason why it can't be one, or an error of its own type; memory and time are bounded.
 */

export type { ListedSegment, PlannedSegment, PlanPage } from './archive/answers.ts';
export type { Archive } from './archive/archive.ts';
export {
  type ArchiveClient,
  type ArchiveClientOptions,
  createArchiveClient,
  type PlanRequest,
} from './archive/archive-client.ts';
export {
  type ArchiveSettings,
  archiveEnvironment,
  archiveSettings,
  readArchiveSettings,
} from './archive/archive-settings.ts';
export { createFolderArchive } from './archive/folder-archive.ts';
export { type OpenArchive, openArchive, openFolder } from './archive/open-archive.ts';
export { type ArchivePlace, type ArchiveSlice, type ReadArchiveOptions, readArchive } from './archive/read-archive.ts';
export { createRemoteArchive, type RemoteArchiveOptions } from './archive/remote-archive.ts';
export type { RetryOptions } from './archive/retry.ts';
export { type SeqStretch, seqsOfTime, type TimeStretch } from './archive/seek-time.ts';
export {
  type Cursor,
  cursorParameter,
  decodeCursor,
  encodeCursor,
  FIRST_TIME_CURSOR,
  seqCursor,
  timeCursor,
} from './cursor.ts';
export { createDecoder, type Decoder } from './decode/decoder.ts';
export { eventLine } from './decode/event-line.ts';
export type { DecodedSlice, DecodeTask } from './decode/messages.ts';
export { createCollectionFilter, createRowFilter, type RowFilter } from './decode/row-filter.ts';
export * from './errors.ts';
export {
  type ParsedEvent,
  parseLine,
  parseStreamEvent,
  type StreamEvent,
  type SyncEvent,
} from './events/stream-event.ts';
export { parseV2Frame, type StreamFrame } from './events/v2-frame.ts';
export {
  type EventKind,
  hostName,
  methodUrl,
  type Protocol,
  protocolOf,
  type StreamFilter,
  type SubscribeOptions,
  subscribeUrl,
} from './host.ts';
export type { LiveEnd, LiveEndReason } from './live/live-end.ts';
export { createLiveSource, type LiveSource, type LiveSourceOptions } from './live/live-source.ts';
export { type LiveOptions, type LiveStream, MAX_FRAME_BYTES } from './live/live-stream.ts';
export { PUBLIC_HOSTS } from './public-hosts.ts';
export { payloadCid } from './record/payload-cid.ts';
export { type PayloadText, payloadText } from './record/record-text.ts';
export { decodeBlock, encodeBlock } from './segment/block.ts';
export type { BlockEntry } from './segment/block-index.ts';
export type { Columns } from './segment/columns.ts';
export { type BlockRows, encodeSegment } from './segment/encode-segment.ts';
export type { SegmentHeader } from './segment/header.ts';
export { openSegment, type Segment } from './segment/open-segment.ts';
export { type Bounds, boundsOf, ROW_KIND, type SegmentRow } from './segment/row.ts';
export { bytesFile, openFile, type SegmentFile } from './segment/segment-file.ts';
export { errorOf, errorOfBody, type WireError } from './wire-error.ts';
