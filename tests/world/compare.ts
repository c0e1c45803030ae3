import { crc32 } from 'node:zlib';
import { type GroundTruth, TABLE_KEYS, type TrueRow, type TrueTable } from '@updraft/simulator';
import { DATABASE } from './databases.ts';
import { STORED_OPERATIONS } from './stored-operations.ts';
import { readAll, readRows } from './table-reader.ts';
import { countRowsOf, hiddenRows, lastOperations, operationRows, rejectedRows, shownRecords } from './true-rows.ts';

/** How the tables differ from the truth. */
export interface Difference {
  /** Rows that should be there and are not. */
  lost: number;
  /** Rows that should not be there, or stand there twice. */
  doubled: number;
  /** Rows that are there with other values. */
  mismatched: number;
  /** The first differences of each table, in words. */
  readonly examples: string[];
}

const TIME_COLUMNS: Readonly<Record<string, (column: string) => string>> = {
  record_time: (column) => `toUnixTimestamp(${column})`,
  sort_at: (column) => `toUnixTimestamp64Milli(${column})`,
  created_at: (column) => `toUnixTimestamp64Milli(${column})`,
};
const MAX_EXAMPLES = 5;

/** Compares every table and view that the truth knows, row for row, and what follows from several rows: operations, hidden accounts, rejections. */
export async function compareWithTruth(url: string, truth: GroundTruth): Promise<Difference> {
  const difference = await compareShare(url, truth, { part: 0, parts: 1 });
  await compareOperations(difference, url, truth.operationCounts());
  return difference;
}

/** Some of the accounts, where the truth of all of them would not fit the memory: those that isOfShare() names. */
export interface Share {
  readonly part: number;
  readonly parts: number;
}

export function isOfShare({ part, parts }: Share, did: string): boolean {
  return crc32(did) % parts === part;
}

/** Likewise for the accounts of a share, of which alone the truth must know. Operations are counted in all: compareOperations() has them. */
export async function compareShare(url: string, truth: GroundTruth, { part, parts }: Share): Promise<Difference> {
  const difference: Difference = { lost: 0, doubled: 0, mismatched: 0, examples: [] };
  const where = (did: string) => (parts === 1 ? '' : `WHERE CRC32(${did}) % ${parts} = ${part}`);
  for (const table of Object.keys(TABLE_KEYS) as TrueTable[]) {
    const keys = TABLE_KEYS[table];
    await compareTable(difference, table, truth.rows(table), keys, (columns) =>
      readRows(url, `SELECT ${columns} FROM ${table} FINAL ${where(keys[0])}`),
    );
  }
  const derived = [
    {
      name: 'records with the deleted',
      expected: lastOperations(truth),
      keys: ['repo', 'collection', 'rkey'],
      sql: `SELECT repo, collection, rkey, last.1 AS version, last.2 AS operation FROM (
        SELECT repo, collection, rkey, max((version, operation)) AS last FROM ${STORED_OPERATIONS} ${where('repo')} GROUP BY repo, collection, rkey)`,
    },
    {
      name: 'hidden_actors',
      expected: hiddenRows(truth),
      keys: ['did'],
      sql: `SELECT did, hidden_below FROM (SELECT did, did_key FROM actor_status ${where('did')} UNION DISTINCT SELECT did, did_key FROM repo_syncs ${where('did')}) AS s
        INNER JOIN hidden_actors AS h ON h.did_key = s.did_key`,
    },
    {
      name: 'rejected_events',
      expected: rejectedRows(truth),
      keys: ['reason', 'did', 'kind', 'collection'],
      sql: `SELECT reason, did, kind, collection, count() AS count FROM rejected_events FINAL ${where('did')} GROUP BY reason, did, kind, collection`,
    },
    ...shownTo(truth, where),
  ];
  for (const { name, expected, keys, sql } of derived)
    await compareTable(difference, name, expected, keys, () => readRows(url, sql));
  return difference;
}

/** The operations of all accounts, as `operationCounts()` of the truth counts them. */
export async function compareOperations(
  difference: Difference,
  url: string,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  const sql = 'SELECT collection, operation, count() AS count FROM record_ops FINAL GROUP BY collection, operation';
  await compareTable(difference, 'record_ops', operationRows(counts), ['collection', 'operation'], () =>
    readRows(url, sql),
  );
}

/** What readers see and count: what the hidden rows of an account are out of. */
function shownTo(truth: GroundTruth, where: (did: string) => string) {
  const shown = (did: string) => `FINAL ${where(did) || 'WHERE 1'} AND version > ${hiddenBelow(did)}`;
  return [
    {
      name: 'records that show',
      expected: shownRecords(truth),
      keys: ['repo', 'collection', 'rkey'],
      sql: `SELECT repo, collection, rkey, version FROM repo_records ${shown('repo')}`,
    },
    {
      name: 'likes of each post',
      expected: countRowsOf(truth.likeCounts(), 'uri'),
      keys: ['uri'],
      sql: `SELECT subject_uri AS uri, uniqExact(actor_did) AS count FROM likes ${shown('actor_did')} GROUP BY uri`,
    },
    {
      name: 'followers',
      expected: countRowsOf(truth.followerCounts(), 'did'),
      keys: ['did'],
      sql: `SELECT subject_did AS did, uniqExact(actor_did) AS count FROM follows ${shown('actor_did')} GROUP BY did`,
    },
  ];
}

/** As the README tells readers, with the database's name: a shard runs its part of a query in another one. */
function hiddenBelow(did: string): string {
  const hidden = `dictGet('${DATABASE}.hidden', 'hidden_below', sipHash64(${did}))`;
  return `dictGetOrDefault('${DATABASE}.hidden_recent', 'hidden_below', sipHash64(${did}), ${hidden})`;
}

/** Sums that must stay the same whatever is replayed: the number of rows of each table read with FINAL. */
export async function countRows(url: string): Promise<Record<string, string>> {
  const tables = [...Object.keys(TABLE_KEYS), 'record_ops', 'rejected_events'];
  const counts = await readAll(
    url,
    tables
      .map((table) => `SELECT '${table}' AS name, toString(count()) AS rows FROM ${table} FINAL`)
      .join(' UNION ALL '),
  );
  return Object.fromEntries(counts.map(({ name, rows }) => [String(name), String(rows)]));
}

async function compareTable(
  difference: Difference,
  name: string,
  expected: Iterable<TrueRow>,
  keys: readonly string[],
  read: (columns: string) => AsyncIterable<Record<string, unknown>>,
): Promise<void> {
  const rows = new Map<string, TrueRow>();
  const keyOf = (row: Readonly<Record<string, unknown>>) => keys.map((key) => String(row[key])).join(' ');
  for (const row of expected) rows.set(keyOf(row), row);
  const sample = rows.values().next().value ?? Object.fromEntries(keys.map((key) => [key, '']));
  const columns = Object.keys(sample).map((column) => `${(TIME_COLUMNS[column] ?? String)(column)} AS ${column}`);
  let examples = 0;
  const note = (what: string) => {
    if (examples++ < MAX_EXAMPLES) difference.examples.push(`${name}: ${what}`);
  };
  for await (const actual of read(columns.join(', '))) {
    const key = keyOf(actual);
    const row = rows.get(key);
    rows.delete(key);
    if (row === undefined) {
      difference.doubled += 1;
      note(`unexpected ${key}`);
      continue;
    }
    const column = Object.keys(row).find((candidate) => !isSame(row[candidate], actual[candidate]));
    if (column === undefined) continue;
    difference.mismatched += 1;
    note(`${key}: ${column} is ${excerpt(actual[column])}, expected ${excerpt(row[column])}`);
  }
  difference.lost += rows.size;
  for (const key of rows.keys()) note(`missing ${key}`);
}

/** Strings are compared as they are in UTF-8, where a lone surrogate is U+FFFD. */
function isSame(expected: TrueRow[string] | undefined, actual: unknown): boolean {
  if (typeof expected === 'string') return actual === expected || actual === expected.toWellFormed();
  if (typeof expected === 'object')
    return JSON.stringify(actual) === JSON.stringify(expected.map((item) => item.toWellFormed()));
  return String(actual) === String(expected);
}

function excerpt(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'missing');
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text;
}
