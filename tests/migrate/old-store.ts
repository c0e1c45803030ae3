import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  commitVersion,
  formatTid,
  parseTid,
  readFollow,
  readLike,
  readPost,
  recordJson,
  recordTime,
  sortAtMs,
  type Tid,
  versionToBigInt,
} from '@updraft/atproto';
import {
  type ClickHouse,
  type ClickHouseOptions,
  createClickHouse,
  dumpSchema,
  MIGRATIONS_DIRECTORY,
  migrateDown,
  migrateUp,
} from '@updraft/store';
import { createDatabaseOf, quietLog } from '../migrated-database.ts';
import { selectRows } from '../select-rows.ts';

/** An operation as the indexer before 0013 saw it. */
export interface Operation {
  readonly did: string;
  readonly collection: string;
  readonly rkey: string;
  readonly rev: string;
  readonly operation?: 'create' | 'update' | 'delete';
  readonly record?: unknown;
  /** Of an import, or in the form of rows before 0011. */
  readonly version?: bigint;
}

const LAST_OLD = 12;
const isOld = (file: string): boolean => !(Number.parseInt(file, 10) > LAST_OLD);

let oldSchema: string | undefined;

/** Makes a database as it stood before 0013: the first by the migrations, the others after its schema. */
export async function createOldDatabase(connection: ClickHouseOptions): Promise<void> {
  if (oldSchema !== undefined) return createDatabaseOf(oldSchema, connection, LAST_OLD);
  const directory = await mkdtemp(join(tmpdir(), 'updraft-old-migrations-'));
  try {
    for (const file of await readdir(MIGRATIONS_DIRECTORY))
      if (isOld(file)) await cp(join(MIGRATIONS_DIRECTORY, file), join(directory, file));
    await migrateUp({ connection, log: quietLog, directory });
  } finally {
    await rm(directory, { recursive: true });
  }
  oldSchema = await dumpSchema(connection);
}

/** Takes 0013 and all that came after it back. */
export async function migrateBackToOld(connection: ClickHouseOptions): Promise<void> {
  const files = await readdir(MIGRATIONS_DIRECTORY);
  const count = files.filter((file) => file.endsWith('.down.sql') && !isOld(file)).length;
  await migrateDown({ connection, log: quietLog, count });
}

/** Writes what the indexer before 0013 wrote, one insert for each table, in the order of the operations. */
export async function writeOldRows(clickhouse: ClickHouse, operations: readonly Operation[]): Promise<void> {
  const rows = new Map<string, object[]>();
  for (const operation of operations)
    for (const [table, row] of oldRows(operation)) rows.set(table, [...(rows.get(table) ?? []), row]);
  for (const [table, made] of rows)
    await clickhouse.command(
      `INSERT INTO ${table} SETTINGS throw_on_max_partitions_per_insert_block = 0, date_time_input_format = 'best_effort' FORMAT JSONEachRow\n${made.map((row) => JSON.stringify(row, wellFormed)).join('\n')}`,
    );
}

/** UTF-8 has no lone surrogates. */
const wellFormed = (_: string, value: unknown): unknown => (typeof value === 'string' ? value.toWellFormed() : value);

function oldRows(given: Operation): (readonly [string, object])[] {
  const { did, collection, rkey, operation = 'create' } = given;
  const rev = parseTid(given.rev) ?? { micros: 0, clockId: 0 };
  const deleted = operation === 'delete';
  const record_json = deleted ? '' : (recordJson(given.record) ?? '');
  const record = deleted ? undefined : given.record;
  const { recordTimeS: record_time, recordHour: record_hour } = recordTime(rkey);
  const version = String(given.version ?? versionToBigInt(commitVersion(rev, deleted)));
  const key = { record_hour, rkey, record_time, version };
  const whole = { ...key, repo: did, collection, operation, record_json, deleted: Number(deleted) };
  return [['repo_records', whole], ...typedRow(collection, did, key, rev, record)];
}

const SUBJECTS: Readonly<Record<string, string>> = {
  'app.bsky.feed.like': 'likes',
  'app.bsky.feed.repost': 'reposts',
  'app.bsky.graph.follow': 'follows',
  'app.bsky.graph.block': 'blocks',
};

function typedRow(
  collection: string,
  did: string,
  key: { rkey: string },
  rev: Tid,
  record: unknown,
): (readonly [string, object])[] {
  const sortAt = (createdAtMs: number | undefined) => new Date(sortAtMs(rev, key.rkey, createdAtMs)).toISOString();
  if (collection === 'app.bsky.feed.post') return [['posts', { ...key, did, ...postColumns(record, sortAt) }]];
  const table = SUBJECTS[collection];
  if (table === undefined) return [];
  if (collection.startsWith('app.bsky.feed.')) {
    const read = readLike(record);
    const subject_uri = read?.subjectUri ?? '';
    const state = { sort_at: sortAt(read?.createdAtMs), subject_uri, deleted: Number(read === undefined) };
    return [[table, { ...key, actor_did: did, ...state }]];
  }
  const read = readFollow(record);
  const subject_did = read?.subjectDid ?? '';
  const state = { sort_at: sortAt(read?.createdAtMs), subject_did, deleted: Number(read === undefined) };
  return [[table, { ...key, actor_did: did, ...state }]];
}

function postColumns(record: unknown, sortAt: (createdAtMs: number | undefined) => string): object {
  const isObject = typeof record === 'object' && record !== null && !Array.isArray(record);
  const post = isObject ? readPost(record) : undefined;
  return {
    sort_at: sortAt(post?.createdAtMs),
    text: post?.text ?? '',
    langs: post?.langs ?? [],
    tags: post?.tags ?? [],
    mentions: post?.mentions ?? [],
    tokens: post === undefined ? [] : [post.text],
    parent_uri: post?.parentUri ?? '',
    root_uri: post?.rootUri ?? '',
    quote_uri: post?.quoteUri ?? '',
    embed: post?.embed ?? 'none',
    has_embedded_media: Number(post?.hasEmbeddedMedia ?? false),
    deleted: Number(post === undefined),
  };
}

/** TID of so many microseconds after 2026-01-01. */
export const tid = (micros: number, clockId = 1): string =>
  formatTid({ micros: Date.UTC(2026, 0, 1) * 1000 + micros, clockId });

/** All that the four names show, each by a hash over its columns. */
export async function shown(connection: ClickHouseOptions): Promise<Record<string, { rows: string; hash: string }>> {
  const clickhouse = createClickHouse(connection);
  const answers: Record<string, { rows: string; hash: string }> = {};
  for (const [name, columns] of Object.entries(SHOWN)) {
    const [answer] = await selectRows<{ rows: string; hash: string }>(
      clickhouse,
      `SELECT count() AS rows, toString(sum(sipHash64(${columns}))) AS hash FROM ${name} FINAL`,
    );
    if (answer !== undefined) answers[name] = answer;
  }
  await clickhouse.close();
  return answers;
}

const SUBJECT = 'record_hour, actor_did, rkey, record_time, sort_at, version, deleted, did_key, subject_key, uri';
const SHOWN: Readonly<Record<string, string>> = {
  likes: `${SUBJECT}, subject_uri`,
  reposts: `${SUBJECT}, subject_uri`,
  follows: `${SUBJECT}, subject_did`,
  blocks: `${SUBJECT}, subject_did`,
  posts:
    'record_hour, did, rkey, record_time, sort_at, text, langs, tags, mentions, tokens, parent_uri, root_uri, quote_uri, embed, has_embedded_media, version, deleted, did_key, uri_key, uri',
  repo_records: 'record_hour, repo, collection, rkey, record_time, operation, record_json, version, deleted, uri',
  record_ops: 'rev_hour, collection, operation, op_key',
};
