import { isAtUri } from './at-uri.ts';
import { isDid } from './identifiers.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { recordJson } from './record-json.ts';
import { earliestMs } from './record-time.ts';
import { readFollow, readLike } from './records.ts';
import { parseTimeMs } from './rfc3339.ts';
import type { Tid } from './tid.ts';
import type { Version } from './version.ts';

/** What a row holds of a record's content: enough to write its JSON again, as the view repo_records does. */
export interface RecordForm {
  /** What is liked or reposted, or who is followed or blocked; '' in an unusable record and in one of any other collection. */
  readonly subject: string;
  /** Of a subject: milliseconds from the time in the rkey to createdAt, or to sort_at where the row couldn't tell that otherwise. */
  readonly createdDelta: number;
  /**
   * The members after `subject`, with a comma first, of a JSON that begins as the columns say:
   * `{"$type":…,"createdAt":…,"subject":…`. Else the whole JSON.
   */
  readonly jsonRest: string;
}

export interface RecordToForm {
  readonly collection: string;
  /** Any value of JSON. */
  readonly record: unknown;
  readonly rev: Tid;
  /** The time in the rkey: rkeyMs(). */
  readonly keyMs: number;
  /** Of the row. It tells the rev, unless the record was imported. */
  readonly version: Version;
}

/** What a row holds of a record; undefined when it is nested deeper than recordJson() takes. Never throws. */
export function recordForm(from: RecordToForm): RecordForm | undefined {
  const kind = subjectKind(from.collection);
  if (kind === NO_SUBJECT) return wholeForm(from.record, '', 0);
  return commonForm(from, kind) ?? anyForm(from, kind);
}

type SubjectKind = 0 | 1 | 2;
const NO_SUBJECT = 0;
const SUBJECT_URI = 1;
const SUBJECT_DID = 2;

function subjectKind(collection: string): SubjectKind {
  switch (collection) {
    case 'app.bsky.feed.like':
    case 'app.bsky.feed.repost':
      return SUBJECT_URI;
    case 'app.bsky.graph.follow':
    case 'app.bsky.graph.block':
      return SUBJECT_DID;
    default:
      return NO_SUBJECT;
  }
}

/** The form of nearly all records with a subject: $type, createdAt and subject, and at most `via`. Made without JSON; undefined for all others. */
function commonForm(from: RecordToForm, kind: SubjectKind): RecordForm | undefined {
  const { record, collection } = from;
  if (!isJsonObject(record) || !hasCommonKeys(record) || record.$type !== collection) return undefined;
  const subject = kind === SUBJECT_DID ? didSubject(record.subject) : uriSubject(record.subject);
  if (subject === undefined) return undefined;
  const jsonRest = viaJson(record.via);
  const createdMs = isoMs(record.createdAt);
  if (jsonRest === undefined || createdMs === undefined || !tellsSortAt(from, createdMs)) return undefined;
  return { subject, createdDelta: createdMs - from.keyMs, jsonRest };
}

/** The member `via` of a like or repost of a post that was found by a repost; undefined where that is not a StrongRef. */
function viaJson(via: unknown): string | undefined {
  if (via === undefined) return '';
  const uri = uriSubject(via);
  return uri === undefined ? undefined : `,"via":{"uri":"${uri}"}`;
}

function anyForm(from: RecordToForm, kind: SubjectKind): RecordForm | undefined {
  const { record, collection, rev, keyMs } = from;
  const read = kind === SUBJECT_DID ? readFollow(record) : readLike(record);
  if (read === undefined) return wholeForm(record, '', 0);
  const subject = 'subjectUri' in read ? read.subjectUri : read.subjectDid;
  const json = recordJson(record);
  if (json === undefined) return undefined;
  const createdAt = (record as JsonObject).createdAt;
  const createdMs = isoMs(createdAt);
  if (createdMs !== undefined && tellsSortAt(from, createdMs)) {
    const start = beginning(collection, String(createdAt)) + subjectJson(kind, subject);
    const next = json.charAt(start.length);
    if ((next === ',' || next === '}') && json.startsWith(start))
      return { subject, createdDelta: createdMs - keyMs, jsonRest: json.slice(start.length, -1) };
  }
  return { subject, createdDelta: earliestMs(rev, keyMs, read.createdAtMs) - keyMs, jsonRest: json };
}

function wholeForm(record: unknown, subject: string, createdDelta: number): RecordForm | undefined {
  const jsonRest = recordJson(record);
  return jsonRest === undefined ? undefined : { subject, createdDelta, jsonRest };
}

/** Whether the row's columns give the true sort_at. Without a rev, in the version of an import, they may not. */
function tellsSortAt({ rev, keyMs, version }: RecordToForm, createdMs: number): boolean {
  if (version.hi >= FIRST_REV_VERSION_HI) return true;
  return earliestMs(rev, keyMs, createdMs) === (keyMs > 0 && keyMs < createdMs ? keyMs : createdMs);
}

/** Versions from 3414550118400000000 on are of revs, in SQL. From this upper half on they all are; below it the caller compares. */
const FIRST_REV_VERSION_HI = Math.ceil(3_414_550_118_400_000_000 / 2 ** 32);

function beginning(collection: string, createdAt: string): string {
  return `{"$type":"${collection}","createdAt":"${createdAt}","subject":`;
}

function subjectJson(kind: SubjectKind, subject: string): string {
  return kind === SUBJECT_URI ? `{"uri":"${subject}"}` : `"${subject}"`;
}

/** In any order: recordJson() sorts them. */
function hasCommonKeys(record: JsonObject): boolean {
  for (const key in record) if (!COMMON_KEYS.includes(key)) return false;
  return true;
}

const COMMON_KEYS: readonly string[] = ['$type', 'createdAt', 'subject', 'via'];

function didSubject(subject: unknown): string | undefined {
  return typeof subject === 'string' && isDid(subject) ? subject : undefined;
}

/** The uri of a StrongRef that has nothing but that, with a cid or without. */
function uriSubject(subject: unknown): string | undefined {
  if (!isJsonObject(subject)) return undefined;
  for (const key in subject) if (key !== 'uri' && (key !== 'cid' || typeof subject.cid !== 'string')) return undefined;
  return typeof subject.uri === 'string' && isAtUri(subject.uri) ? subject.uri : undefined;
}

/** The time of a `2026-07-04T14:38:08.123Z` of the years 2000 to 2199, which toISOString() writes in the same way. */
function isoMs(createdAt: unknown): number | undefined {
  if (typeof createdAt !== 'string' || createdAt.length !== 24) return undefined;
  if (createdAt.charAt(10) !== 'T' || createdAt.charAt(19) !== '.' || createdAt.charAt(23) !== 'Z') return undefined;
  if (createdAt.charAt(17) === '6') return undefined;
  const ms = parseTimeMs(createdAt);
  return ms !== undefined && ms >= FIRST_MS && ms < END_MS ? ms : undefined;
}

const FIRST_MS = Date.UTC(2000, 0, 1);
const END_MS = Date.UTC(2200, 0, 1);
