import { type GroundTruth, TABLE_KEYS, type TrueRow, type TrueTable } from '@updraft/simulator';
import { DATABASE } from './databases.ts';
import { STORED_OPERATIONS } from './stored-operations.ts';
import { readAll, readRows } from './table-reader.ts';

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
  const difference: Difference = { lost: 0, doubled: 0, mismatched: 0, examples: [] };
  for (const table of Object.keys(TABLE_KEYS) as TrueTable[]) {
    await compareTable(difference, table, truth.rows(table), TABLE_KEYS[table], (columns) =>
      readRows(url, `SELECT ${columns} FROM ${table} FINAL`),
    );
  }
  await compareTable(
    difference,
    'records with the deleted',
    lastOperations(truth),
    ['repo', 'collection', 'rkey'],
    () =>
      readRows(url, `SELECT repo, collection, rkey, last.1 AS version, last.2 AS operation FROM (${LAST_OPERATIONS})`),
  );
  await compareTable(difference, 'record_ops', operationRows(truth), ['collection', 'operation'], () =>
    readRows(
      url,
      'SELECT collection, operation, count() AS count FROM record_ops FINAL GROUP BY collection, operation',
    ),
  );
  await compareTable(difference, 'hidden_actors', hiddenRows(truth), ['did'], () =>
    readRows(
      url,
      `SELECT did, hidden_below FROM (SELECT did, did_key FROM actor_status UNION DISTINCT SELECT did, did_key FROM repo_syncs) AS s
      INNER JOIN hidden_actors AS h ON h.did_key = s.did_key`,
    ),
  );
  await compareTable(difference, 'rejected_events', rejectedRows(truth), ['reason', 'did', 'kind', 'collection'], () =>
    readRows(
      url,
      'SELECT reason, did, kind, collection, count() AS count FROM rejected_events FINAL GROUP BY reason, did, kind, collection',
    ),
  );
  await compareVisible(difference, url, truth);
  return difference;
}

/** What readers see and count: what the hidden rows of an account are out of. */
async function compareVisible(difference: Difference, url: string, truth: GroundTruth): Promise<void> {
  await compareTable(difference, 'records that show', shownRecords(truth), ['repo', 'collection', 'rkey'], (columns) =>
    readRows(url, `SELECT ${columns} FROM repo_records FINAL WHERE version > ${hiddenBelow('repo')}`),
  );
  await compareTable(difference, 'likes of each post', countRowsOf(truth.likeCounts(), 'uri'), ['uri'], () =>
    readRows(
      url,
      `SELECT subject_uri AS uri, uniqExact(actor_did) AS count FROM likes FINAL WHERE version > ${hiddenBelow('actor_did')} GROUP BY uri`,
    ),
  );
  await compareTable(difference, 'followers', countRowsOf(truth.followerCounts(), 'did'), ['did'], () =>
    readRows(
      url,
      `SELECT subject_did AS did, uniqExact(actor_did) AS count FROM follows FINAL WHERE version > ${hiddenBelow('actor_did')} GROUP BY did`,
    ),
  );
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

const LAST_OPERATIONS = `SELECT repo, collection, rkey, max((version, operation)) AS last FROM ${STORED_OPERATIONS} GROUP BY repo, collection, rkey`;

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

function* lastOperations(truth: GroundTruth): Generator<TrueRow> {
  for (const { commit, version } of truth.records.values()) {
    yield { repo: commit.did, collection: commit.collection, rkey: commit.rkey, operation: commit.operation, version };
  }
}

function* operationRows(truth: GroundTruth): Generator<TrueRow> {
  for (const [name, count] of truth.operationCounts()) {
    const [collection = '', operation = ''] = name.split(' ');
    yield { collection, operation, count };
  }
}

function* shownRecords(truth: GroundTruth): Generator<TrueRow> {
  for (const record of truth.records.values()) {
    const { did: repo, collection, rkey } = record.commit;
    if (truth.shows(record)) yield { repo, collection, rkey, version: record.version };
  }
}

function* countRowsOf(counts: ReadonlyMap<string, number>, key: string): Generator<TrueRow> {
  for (const [name, count] of counts) yield { [key]: name, count };
}

const HIDES_ALL = 2n ** 64n - 1n;

function* hiddenRows(truth: GroundTruth): Generator<TrueRow> {
  for (const did of new Set([...truth.statuses.keys(), ...truth.deletions.keys(), ...truth.syncs.keys()])) {
    const [status, deletion] = [truth.statuses.get(did), truth.deletions.get(did)];
    const isActive =
      status === undefined ? deletion === undefined : status.active && status.micros > (deletion?.micros ?? -1n);
    const rev = truth.syncs.get(did)?.rev;
    const synced = rev === undefined ? 0n : 2n * ((rev.micros << 10n) | rev.clockId) - 1n;
    const deleted = (deletion?.micros ?? 0n) << 11n;
    yield { did, hidden_below: isActive ? (synced > deleted ? synced : deleted) : HIDES_ALL };
  }
}

function rejectedRows(truth: GroundTruth): Iterable<TrueRow> {
  const rows = new Map<string, { reason: string; did: string; kind: string; collection: string; count: number }>();
  for (const { reason, did, kind, collection } of truth.rejected.values()) {
    const key = JSON.stringify([reason, did, kind, collection]);
    const row = rows.get(key) ?? { reason, did, kind, collection, count: 0 };
    row.count += 1;
    rows.set(key, row);
  }
  return rows.values();
}
