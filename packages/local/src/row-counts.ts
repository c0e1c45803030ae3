import { type RowCount, shownTables } from './snapshot.ts';

const timeoutMs = 2_000;
/** Up to so many stored rows a table is counted as its readers see it; above, that would cost more than a glance is worth. */
const EXACT_UP_TO = 300_000;

/** Counts the rows of the tables that are shown. Undefined when ClickHouse does not answer. */
export interface RowCounts {
  read(): Promise<Readonly<Record<string, RowCount>> | undefined>;
}

/**
 * Small tables are counted as their readers see them. Of a large one the parts on disk tell how many rows are stored, at no cost whatever
 * its size; replaced and deleted ones are among them until they are merged away. Its count is an estimate: the share of rows that readers
 * saw when it was last counted, of what is stored now.
 */
export function createRowCounts(target: RowCountTarget, exactUpTo = EXACT_UP_TO): RowCounts {
  const shares = new Map<string, number>();
  return {
    read: async () => {
      try {
        const stored = await storedRows(target);
        const small = shownTables.map(([table]) => table).filter((table) => (stored[table] ?? Infinity) <= exactUpTo);
        const exact = small.length === 0 ? {} : await ask(target, small.map(countOf).join(' UNION ALL '));
        for (const [table, rows] of Object.entries(exact)) shares.set(table, rows / Math.max(1, stored[table] ?? 0));
        const estimated = Object.entries(stored).map(([table, rows]): [string, RowCount] => [
          table,
          { rows: rows * Math.min(1, shares.get(table) ?? 1), isExact: false },
        ]);
        const counted = Object.entries(exact).map(([table, rows]): [string, RowCount] => [
          table,
          { rows, isExact: true },
        ]);
        return Object.fromEntries([...estimated, ...counted]);
      } catch {
        return undefined;
      }
    },
  };
}

function countOf(table: string): string {
  return `SELECT '${table}', count() FROM ${table} FINAL`;
}

/**
 * The rows on disk by what they are called. Both ways cost nothing: one server has its parts; those of a cluster have them elsewhere, and
 * each tells its own share. Likes and reposts are the partitions of record_rows that end so.
 */
async function storedRows(target: RowCountTarget): Promise<Record<string, number>> {
  return await ask(target, target.isCluster ? OF_SERVERS : OF_PARTS);
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
const OF_SERVERS = shownTables
  .map(([table]) => `SELECT '${table}', ${SPREAD[table] ?? `(SELECT count() FROM ${table})`}`)
  .join(' UNION ALL ');

async function ask(target: RowCountTarget, sql: string): Promise<Record<string, number>> {
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
  return parseCounts(await response.text());
}

export interface RowCountTarget {
  readonly clickhouseUrl: string;
  readonly clickhouseHeaders: Readonly<Record<string, string>>;
  readonly database: string;
  readonly isCluster: boolean;
}

function parseCounts(text: string): Record<string, number> {
  const rows = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    rows.map((line) => {
      const [table, stored] = JSON.parse(line) as [string, string | number];
      return [table, Number(stored)];
    }),
  );
}
