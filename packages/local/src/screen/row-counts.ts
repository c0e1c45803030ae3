import { type RowCount, SHOWN_TABLES } from './snapshot.ts';

const TIMEOUT_MS = 2_000;
/** A table of at most this many stored rows is counted at each look. */
const EXACT_UP_TO = 300_000;
/** A larger one is counted once, in the background; the screen is worth one core for this long. */
const LARGE_TIMEOUT_MS = 30_000;
const LARGE_SETTINGS = `SETTINGS max_threads = 1, max_memory_usage = 1000000000, max_execution_time = ${LARGE_TIMEOUT_MS / 1000}`;

/** Counts the rows of the tables that are shown. Undefined when ClickHouse does not answer. */
export interface RowCounts {
  read(): Promise<Readonly<Record<string, RowCount>> | undefined>;
}

/**
 * Counts small tables as their readers see them. For a large table the parts on disk tell how many rows are stored, which costs nothing;
 * replaced and deleted rows are among them until they are merged away. So its count is an estimate: the stored rows, times the share of
 * them that readers saw when the table was last counted. Until the first such count it is an upper bound.
 */
export function createRowCounts(target: RowCountTarget, exactUpTo = EXACT_UP_TO): RowCounts {
  const shares = new Map<string, number>();
  const countInBackground = createBackgroundCounts(target, shares);
  return {
    read: async () => {
      try {
        const stored = await storedRows(target);
        const tables = SHOWN_TABLES.map(([table]) => table).filter((table) => stored[table] !== undefined);
        const small = tables.filter((table) => (stored[table] ?? 0) <= exactUpTo);
        const exact = small.length === 0 ? {} : await ask(target, small.map(countOf).join(' UNION ALL '));
        for (const [table, rows] of Object.entries(exact)) shares.set(table, rows / Math.max(1, stored[table] ?? 0));
        const counts = Object.entries(stored).map(([table, rows]): [string, RowCount] => {
          const counted = exact[table];
          if (counted !== undefined) return [table, { rows: counted, precision: 'exact' }];
          const share = shares.get(table);
          if (share !== undefined) return [table, { rows: rows * Math.min(1, share), precision: 'estimate' }];
          countInBackground(table, rows);
          return [table, { rows, precision: 'at most' }];
        });
        return Object.fromEntries(counts);
      } catch {
        return undefined; // shown as unknown
      }
    },
  };
}

/** Finds the shares of large tables, one after the other, each once: a table that takes too long keeps its upper bound. */
function createBackgroundCounts(target: RowCountTarget, shares: Map<string, number>) {
  const begun = new Set<string>();
  let counting = Promise.resolve();
  return (table: string, stored: number): void => {
    if (begun.has(table)) return;
    begun.add(table);
    counting = counting
      .then(() => ask(target, `${countOf(table)} ${LARGE_SETTINGS}`, LARGE_TIMEOUT_MS))
      .then(({ [table]: rows = stored }) => void shares.set(table, rows / stored))
      .catch(() => undefined); // the upper bound stays
  };
}

function countOf(table: string): string {
  return `SELECT '${table}', count() FROM ${table} FINAL`;
}

/**
 * The rows on disk, by table. Both ways cost nothing: one server knows its parts, and in a cluster each server counts from its own. Likes and
 * reposts are the partitions of record_rows whose names end in -1 and -2.
 */
function storedRows(target: RowCountTarget): Promise<Record<string, number>> {
  return ask(target, target.isCluster ? OF_SERVERS : OF_PARTS);
}

const OF_PARTS = `
SELECT arrayJoin(multiIf(
    table = 'post_rows', ['posts', 'repo_records'],
    table != 'record_rows', [table],
    endsWith(partition_id, '-1'), ['likes', 'repo_records'],
    endsWith(partition_id, '-2'), ['reposts', 'repo_records'],
    ['repo_records'])) AS name, sum(rows)
FROM system.parts WHERE database = {database:String} AND active GROUP BY name`;

const SPREAD: Readonly<Record<string, string>> = {
  repo_records: '(SELECT count() FROM record_rows) + (SELECT count() FROM post_rows)',
  posts: '(SELECT count() FROM post_rows)',
  likes: "(SELECT count() FROM record_rows WHERE endsWith(_partition_id, '-1'))",
  reposts: "(SELECT count() FROM record_rows WHERE endsWith(_partition_id, '-2'))",
};
const OF_SERVERS = SHOWN_TABLES.map(
  ([table]) => `SELECT '${table}', ${SPREAD[table] ?? `(SELECT count() FROM ${table})`}`,
).join(' UNION ALL ');

async function ask(target: RowCountTarget, sql: string, timeoutMs = TIMEOUT_MS): Promise<Record<string, number>> {
  const url = new URL(target.clickhouseUrl);
  url.searchParams.set('database', target.database);
  url.searchParams.set('param_database', target.database);
  const response = await fetch(url, {
    method: 'POST',
    body: `${sql} FORMAT JSONCompactEachRow`,
    headers: target.clickhouseHeaders,
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`ClickHouse answered ${response.status}`);
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  const rows = lines.map((line) => JSON.parse(line) as [table: string, rows: string | number]);
  return Object.fromEntries(rows.map(([table, count]) => [table, Number(count)]));
}

export interface RowCountTarget {
  readonly clickhouseUrl: string;
  readonly clickhouseHeaders: Readonly<Record<string, string>>;
  readonly database: string;
  readonly isCluster: boolean;
}
