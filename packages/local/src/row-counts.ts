import { shownTables } from './snapshot.ts';

const timeoutMs = 2_000;
/** Up to so many stored rows a table is counted as its readers see it; above, that would cost more than a glance is worth. */
const EXACT_UP_TO = 300_000;

/**
 * Rows by table. Large tables as their parts on disk say: that costs nothing, and counts replaced rows until they are merged away.
 * Undefined when ClickHouse does not answer.
 */
export async function readRowCounts(target: RowCountTarget): Promise<Record<string, number> | undefined> {
  try {
    const stored = await storedRows(target);
    const small = shownTables.map(([table]) => table).filter((table) => (stored[table] ?? Infinity) <= EXACT_UP_TO);
    if (small.length === 0) return stored;
    const exact = await ask(
      target,
      small.map((table) => `SELECT '${table}', count() FROM ${table} FINAL`).join(' UNION ALL '),
    );
    return { ...stored, ...exact };
  } catch {
    return undefined;
  }
}

/** Both cost nothing. One server has its parts; those of a cluster have them elsewhere, and each tells its own share. */
async function storedRows(target: RowCountTarget): Promise<Record<string, number>> {
  const ofParts =
    'SELECT table, sum(rows) FROM system.parts WHERE database = {database:String} AND active GROUP BY table';
  const ofServers = shownTables.map(([table]) => `SELECT '${table}', count() FROM ${table}`).join(' UNION ALL ');
  return await ask(target, target.isCluster ? ofServers : ofParts);
}

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
