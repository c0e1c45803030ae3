import {
  type AccountEvent,
  type CommitEvent,
  commitVersion,
  EARLIEST_CREATED_AT_MS,
  earliestMs,
  type IdentityEvent,
  isJsonObject,
  orderMicros,
  type ProfileRecord,
  type RecordForm,
  type RecordKey,
  readPost,
  readProfile,
  recordForm,
  recordJson,
  recordKey,
  relativeVersion,
  rkeyMs,
  syncVersion,
  timeVersion,
  type Version,
} from '@updraft/atproto';
import type { StreamEvent, SyncEvent } from '@updraft/jetstream';
import type { ActorHandleRow, ActorStatusRow, PostRow, ProfileRow, RecordRow, RepoSyncRow } from '@updraft/store';
import { deletedPostRow, postRow } from './post-row.ts';

/** Takes the rows of events: a block for each table, or arrays in a test. */
export interface RowSink {
  readonly recordRows: Appender<RecordRow>;
  readonly postRows: Appender<PostRow>;
  readonly profiles: Appender<ProfileRow>;
  readonly actorHandles: Appender<ActorHandleRow>;
  readonly actorStatus: Appender<ActorStatusRow>;
  readonly repoSyncs: Appender<RepoSyncRow>;
}

export interface Appender<Row> {
  append(row: Row): void;
}

/**
 * written: all rows are appended. unusable: likewise, but the record makes no sense as its type: it has no subject, or is not a post or a
 * profile. record_too_deep: nothing is appended, and the event belongs to rejected_events.
 */
export type RowsOutcome = 'written' | 'unusable' | 'record_too_deep';

/**
 * Appends the rows that an event makes. The same event always makes the same rows. `imported`: the version of a commit's rows, if it is not
 * the rev's.
 */
export function appendEvent(event: StreamEvent, rows: RowSink, imported?: Version): RowsOutcome {
  if (event.kind === 'commit') return appendCommit(event, rows, imported);
  if (event.kind === 'identity') return appendIdentity(event, rows);
  if (event.kind === 'account') return appendAccount(event, rows);
  return appendSync(event, rows);
}

function appendCommit(event: CommitEvent, rows: RowSink, imported: Version | undefined): RowsOutcome {
  const isDelete = event.operation === 'delete';
  const version = imported ?? commitVersion(event.rev, isDelete);
  if (event.collection === POST) return appendPost(event, version, rows.postRows);
  const isWritten = isDelete
    ? appendDelete(event, version, rows.recordRows)
    : appendRecord(event, version, rows.recordRows);
  if (isWritten === 'record_too_deep') return isWritten;
  return event.collection === PROFILE && event.rkey === 'self'
    ? appendProfile(event, version, rows.profiles)
    : isWritten;
}

const POST = 'app.bsky.feed.post';
const PROFILE = 'app.bsky.actor.profile';

function appendRecord(event: CommitEvent, version: Version, rows: Appender<RecordRow>): RowsOutcome {
  const { collection, record, rev } = event;
  const key = recordKey(event.rkey);
  const form = recordForm({ collection, record, rev, keyMs: rkeyMs(key.rkeyTid), version });
  if (form === undefined) return 'record_too_deep';
  rows.append(recordRow(event, version, key, form));
  return form.subject === '' && WITH_SUBJECT.has(collection) ? 'unusable' : 'written';
}

function appendDelete(event: CommitEvent, version: Version, rows: Appender<RecordRow>): RowsOutcome {
  rows.append(recordRow(event, version, recordKey(event.rkey), NO_RECORD));
  return 'written';
}

const WITH_SUBJECT: ReadonlySet<string> = new Set([
  'app.bsky.feed.like',
  'app.bsky.feed.repost',
  'app.bsky.graph.follow',
  'app.bsky.graph.block',
]);

const NO_RECORD: RecordForm = { subject: '', createdDelta: 0, jsonRest: '' };

/** All rows have one shape, which makes the encoder faster. */
function recordRow(event: CommitEvent, version: Version, key: RecordKey, form: RecordForm): RecordRow {
  return {
    recordHour: key.recordHour,
    collection: event.collection,
    repo: event.did,
    rkeyTid: key.rkeyTid,
    rkeyText: key.rkeyText,
    operation: event.operation,
    subject: form.subject,
    createdDelta: form.createdDelta,
    jsonRest: form.jsonRest,
    relativeVersion: relativeVersion(version, key.rkeyTid),
    deleted: event.operation === 'delete',
  };
}

function appendPost(event: CommitEvent, version: Version, rows: Appender<PostRow>): RowsOutcome {
  const { did, rkey, rev, operation } = event;
  const { recordHour, rkeyTid } = recordKey(rkey);
  const keyMs = rkeyMs(rkeyTid);
  const meta = { recordHour, did, rkey, operation, version };
  if (operation === 'delete') {
    rows.append(deletedPostRow({ ...meta, sortAt: earliestMs(rev, keyMs, undefined) }));
    return 'written';
  }
  const json = recordJson(event.record);
  if (json === undefined) return 'record_too_deep';
  const post = readPost(event.record);
  rows.append(postRow(post, json, { ...meta, sortAt: earliestMs(rev, keyMs, post.createdAtMs) }));
  return isJsonObject(event.record) ? 'written' : 'unusable';
}

const NO_PROFILE: ProfileRecord = { displayName: '', description: '', pinnedPostUri: '', createdAtMs: undefined };

function appendProfile(event: CommitEvent, version: Version, rows: Appender<ProfileRow>): RowsOutcome {
  const read = readProfile(event.record);
  const profile = read ?? NO_PROFILE;
  rows.append({
    actorDid: event.did,
    displayName: profile.displayName,
    description: profile.description,
    pinnedPostUri: profile.pinnedPostUri,
    createdAt: saneCreatedAt(profile.createdAtMs, event.rev.micros),
    version,
    deleted: read === undefined,
  });
  return read === undefined && event.operation !== 'delete' ? 'unusable' : 'written';
}

/** A profile's own date: 0 if it is before the network began, and no later than the commit that wrote it. */
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

/** The account's older records are out of sight from here on; those that it still has come again as creates of its head's rev. */
function appendSync(event: SyncEvent, rows: RowSink): RowsOutcome {
  rows.repoSyncs.append({ did: event.did, version: syncVersion(event.rev) });
  return 'written';
}
