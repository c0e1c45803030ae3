import {
  type AccountEvent,
  type CommitEvent,
  commitVersion,
  EARLIEST_CREATED_AT_MS,
  type IdentityEvent,
  type JetstreamEvent,
  orderMicros,
  type ProfileRecord,
  readBlock,
  readFollow,
  readLike,
  readPost,
  readProfile,
  readRepost,
  recordJson,
  recordTime,
  sortAtMs,
  timeVersion,
  type Version,
} from '@updraft/atproto';
import type {
  ActorHandleRow,
  ActorStatusRow,
  PostRow,
  ProfileRow,
  RepoRecordRow,
  SubjectDidRow,
  SubjectUriRow,
} from '@updraft/store';
import { postRow } from './post-row.ts';

/** Where the rows of events go: a block for each table, or arrays in a test. */
export interface RowSink {
  readonly repoRecords: Appender<RepoRecordRow>;
  readonly posts: Appender<PostRow>;
  readonly likes: Appender<SubjectUriRow>;
  readonly reposts: Appender<SubjectUriRow>;
  readonly follows: Appender<SubjectDidRow>;
  readonly blocks: Appender<SubjectDidRow>;
  readonly profiles: Appender<ProfileRow>;
  readonly actorHandles: Appender<ActorHandleRow>;
  readonly actorStatus: Appender<ActorStatusRow>;
}

export interface Appender<Row> {
  append(row: Row): void;
}

/**
 * written: all rows are appended. unusable: too, but the record makes no sense as its type, so its typed row is a removal.
 * record_too_deep: nothing is appended, in no table; the event belongs to rejected_events.
 */
export type RowsOutcome = 'written' | 'unusable' | 'record_too_deep';

/** Appends the rows that an event makes. Pure but for the appending; the same event always makes the same rows. */
export function appendEvent(event: JetstreamEvent, rows: RowSink): RowsOutcome {
  if (event.kind === 'commit') return appendCommit(event, rows);
  if (event.kind === 'identity') return appendIdentity(event, rows);
  return appendAccount(event, rows);
}

function appendCommit(event: CommitEvent, rows: RowSink): RowsOutcome {
  const isDelete = event.operation === 'delete';
  const json = isDelete ? '' : recordJson(event.record);
  if (json === undefined) return 'record_too_deep';
  const version = commitVersion(event.rev, isDelete);
  const { recordTimeS, recordHour } = recordTime(event.rkey);
  const usable = appendTyped(event, { version, recordTime: recordTimeS, recordHour }, rows);
  rows.repoRecords.append({
    recordHour,
    repo: event.did,
    collection: event.collection,
    rkey: event.rkey,
    recordTime: recordTimeS,
    operation: event.operation,
    recordJson: json,
    version,
    deleted: isDelete,
  });
  return usable || isDelete ? 'written' : 'unusable';
}

/** What a row takes from the commit and the rkey alone. */
interface RowKey {
  readonly version: Version;
  readonly recordTime: number;
  readonly recordHour: number;
}

/** Whether the record is usable as its type; true where there is no type. Deletes are unusable. */
function appendTyped(event: CommitEvent, key: RowKey, rows: RowSink): boolean {
  switch (event.collection) {
    case 'app.bsky.feed.like':
      return appendSubjectUri(event, key, readLike(event.record), rows.likes);
    case 'app.bsky.feed.post':
      return appendPost(event, key, rows.posts);
    case 'app.bsky.feed.repost':
      return appendSubjectUri(event, key, readRepost(event.record), rows.reposts);
    case 'app.bsky.graph.follow':
      return appendSubjectDid(event, key, readFollow(event.record), rows.follows);
    case 'app.bsky.graph.block':
      return appendSubjectDid(event, key, readBlock(event.record), rows.blocks);
    case 'app.bsky.actor.profile':
      return event.rkey === 'self' ? appendProfile(event, key, rows.profiles) : true;
    default:
      return true;
  }
}

function appendSubjectUri(
  event: CommitEvent,
  key: RowKey,
  record: ReturnType<typeof readLike>,
  rows: Appender<SubjectUriRow>,
): boolean {
  rows.append({
    recordHour: key.recordHour,
    actorDid: event.did,
    rkey: event.rkey,
    recordTime: key.recordTime,
    sortAt: sortAtMs(event.rev, event.rkey, record?.createdAtMs),
    subjectUri: record === undefined ? '' : record.subjectUri,
    version: key.version,
    deleted: record === undefined,
  });
  return record !== undefined;
}

function appendSubjectDid(
  event: CommitEvent,
  key: RowKey,
  record: ReturnType<typeof readFollow>,
  rows: Appender<SubjectDidRow>,
): boolean {
  rows.append({
    recordHour: key.recordHour,
    actorDid: event.did,
    rkey: event.rkey,
    recordTime: key.recordTime,
    sortAt: sortAtMs(event.rev, event.rkey, record?.createdAtMs),
    subjectDid: record === undefined ? '' : record.subjectDid,
    version: key.version,
    deleted: record === undefined,
  });
  return record !== undefined;
}

function appendPost(event: CommitEvent, key: RowKey, rows: Appender<PostRow>): boolean {
  const post = readPost(event.record);
  const sortAt = sortAtMs(event.rev, event.rkey, post?.createdAtMs);
  rows.append(postRow(post, { ...key, did: event.did, rkey: event.rkey, sortAt }));
  return post !== undefined;
}

const NO_PROFILE: ProfileRecord = { displayName: '', description: '', pinnedPostUri: '', createdAtMs: undefined };

function appendProfile(event: CommitEvent, key: RowKey, rows: Appender<ProfileRow>): boolean {
  const read = readProfile(event.record);
  const profile = read ?? NO_PROFILE;
  rows.append({
    actorDid: event.did,
    displayName: profile.displayName,
    description: profile.description,
    pinnedPostUri: profile.pinnedPostUri,
    createdAt: saneCreatedAt(profile.createdAtMs, event.rev.micros),
    version: key.version,
    deleted: read === undefined,
  });
  return read !== undefined;
}

/** A profile's own date, where it is one: not from before the network's time, nor after the commit that wrote it. 0 otherwise. */
function saneCreatedAt(createdAtMs: number | undefined, revMicros: number): number {
  if (createdAtMs === undefined || createdAtMs < EARLIEST_CREATED_AT_MS) return 0;
  return Math.min(createdAtMs, Math.floor(revMicros / 1000));
}

/** An identity event without a handle changes no handle. */
function appendIdentity(event: IdentityEvent, rows: RowSink): RowsOutcome {
  if (event.handle === undefined) return 'written';
  rows.actorHandles.append({ did: event.did, handle: event.handle, version: timeVersion(orderMicros(event)) });
  return 'written';
}

function appendAccount(event: AccountEvent, rows: RowSink): RowsOutcome {
  rows.actorStatus.append({
    did: event.did,
    isDeletion: event.status === 'deleted' && !event.active,
    active: event.active,
    status: event.status,
    version: timeVersion(orderMicros(event)),
  });
  return 'written';
}
