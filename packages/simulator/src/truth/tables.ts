import { type Fold, revOf, type TrueRecord } from './fold.ts';
import type { TrueCommit } from './frame.ts';
import { recordSeconds, sortAt, storedJson, truePost, trueProfile, trueSubjectDid, trueSubjectUri } from './typed.ts';

/** A row as it should stand in a table: by column name. Times are numbers since 1970 (seconds or milliseconds), versions bigints. */
export type TrueRow = Readonly<Record<string, string | number | bigint | readonly string[]>>;

/** The tables that the truth knows row for row, and the columns that tell their rows apart. */
export const TABLE_KEYS = {
  repo_records: ['repo', 'collection', 'rkey'],
  posts: ['did', 'rkey'],
  likes: ['actor_did', 'rkey'],
  reposts: ['actor_did', 'rkey'],
  follows: ['actor_did', 'rkey'],
  blocks: ['actor_did', 'rkey'],
  profiles: ['actor_did'],
  actor_handles: ['did'],
  actor_status: ['did', 'is_deletion'],
  repo_syncs: ['did'],
} as const satisfies Record<string, readonly string[]>;

export type TrueTable = keyof typeof TABLE_KEYS;

/** The rows that a read of the table with `FINAL` should give, without deleted ones and in no order. */
export function* rowsOf(fold: Fold, table: TrueTable): Generator<TrueRow> {
  switch (table) {
    case 'actor_handles':
      for (const { did, handle = '', micros } of fold.handles.values()) yield { did, handle, version: micros << 11n };
      return;
    case 'actor_status':
      for (const { did, active, status, micros } of fold.statuses.values())
        yield { did, is_deletion: 0, active: Number(active), status, version: micros << 11n };
      for (const { did, active, status, micros } of fold.deletions.values())
        yield { did, is_deletion: 1, active: Number(active), status, version: micros << 11n };
      return;
    case 'repo_syncs':
      for (const sync of fold.syncs.values()) yield { did: sync.did, version: revOf(sync) * 2n };
      return;
    default:
      for (const record of fold.records.values()) {
        const row = record.commit.operation === 'delete' ? undefined : ROWS[table](record);
        if (row !== undefined) yield row;
      }
  }
}

const ROWS: Readonly<
  Record<
    Exclude<TrueTable, 'actor_handles' | 'actor_status' | 'repo_syncs'>,
    (record: TrueRecord) => TrueRow | undefined
  >
> = {
  repo_records: ({ commit, version }) => ({
    record_hour: hourOf(commit),
    repo: commit.did,
    collection: commit.collection,
    rkey: commit.rkey,
    record_time: recordSeconds(commit.rkey),
    operation: commit.operation,
    record_json: storedJson(commit.record),
    version,
  }),
  posts: (record) => {
    const { commit } = record;
    if (commit.collection !== 'app.bsky.feed.post') return undefined;
    return { ...common(record), did: commit.did, ...truePost(commit.record) };
  },
  likes: (record) => subjectRow(record, 'app.bsky.feed.like', 'subject_uri', trueSubjectUri),
  reposts: (record) => subjectRow(record, 'app.bsky.feed.repost', 'subject_uri', trueSubjectUri),
  follows: (record) => subjectRow(record, 'app.bsky.graph.follow', 'subject_did', trueSubjectDid),
  blocks: (record) => subjectRow(record, 'app.bsky.graph.block', 'subject_did', trueSubjectDid),
  profiles: ({ commit, version }) => {
    const profile =
      commit.collection === 'app.bsky.actor.profile' && commit.rkey === 'self' ? trueProfile(commit) : undefined;
    return profile && { actor_did: commit.did, ...profile, version };
  },
};

function subjectRow(
  record: TrueRecord,
  collection: string,
  column: string,
  read: (record: unknown) => string | undefined,
): TrueRow | undefined {
  const { commit } = record;
  const subject = commit.collection === collection ? read(commit.record) : undefined;
  return subject === undefined ? undefined : { ...common(record), actor_did: commit.did, [column]: subject };
}

/** What all typed rows of timed records have. */
function common({ commit, version }: TrueRecord) {
  const createdAt =
    typeof commit.record === 'object' && commit.record !== null
      ? (commit.record as Record<string, unknown>).createdAt
      : undefined;
  return {
    record_hour: hourOf(commit),
    rkey: commit.rkey,
    record_time: recordSeconds(commit.rkey),
    sort_at: sortAt(commit, createdAt),
    version,
  };
}

function hourOf({ rkey }: TrueCommit): number {
  return Math.floor(recordSeconds(rkey) / 3_600);
}
