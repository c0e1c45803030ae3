import { formatTid, recordKey, relativeVersion, type Version } from '@updraft/atproto';
import type { PostRow, RecordRow } from '@updraft/store';

export interface RecordSpec {
  readonly repo: string;
  readonly rkey: string;
  /** '' is of a delete, unless there is JSON. */
  readonly subject?: string;
  /** Milliseconds since 1970. */
  readonly createdMs?: number;
  readonly version: Version;
  readonly deleted?: boolean;
  readonly collection?: string;
  readonly operation?: string;
  /** The whole of it, where no column gives it back. */
  readonly json?: string;
}

/** A row of record_rows as the indexer writes it; a like, where nothing else is said. */
export function recordRow(spec: RecordSpec): RecordRow {
  const { repo, rkey, subject = '', createdMs = 0, version, deleted = false, json = '' } = spec;
  const { collection = 'app.bsky.feed.like', operation = deleted ? 'delete' : 'create' } = spec;
  const key = recordKey(rkey);
  const keyMs = Math.floor((key.rkeyTid.hi * 2 ** 22 + Math.floor(key.rkeyTid.lo / 1024)) / 1000);
  return {
    ...key,
    collection,
    repo,
    operation,
    subject,
    createdDelta: subject === '' ? 0 : createdMs - keyMs,
    jsonRest: json,
    relativeVersion: relativeVersion(version, key.rkeyTid),
    deleted,
  };
}

/** A rkey of this moment. */
export const rkeyAt = (atMs: number, clockId = 0): string => formatTid({ micros: atMs * 1000, clockId });

/** A row of post_rows: a created post without text, but for what is given. */
export function postRow(row: Pick<PostRow, 'did' | 'rkey' | 'sortAt' | 'version'> & Partial<PostRow>): PostRow {
  return {
    recordHour: Math.floor(row.sortAt / 3_600_000),
    operation: 'create',
    text: '',
    langs: [],
    tags: [],
    mentions: [],
    tokens: [],
    parentUri: '',
    rootUri: '',
    quoteUri: '',
    embed: 'none',
    hasEmbeddedMedia: false,
    jsonRest: '{}',
    deleted: false,
    ...row,
  };
}
