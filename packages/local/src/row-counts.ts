const timeoutMs = 2_000;
const sql = `SELECT table, sum(rows) AS stored FROM system.parts WHERE database = {database:String} AND active GROUP BY table FORMAT JSONCompactEachRow`;

/**
 * Rows stored by table, as the parts on disk say: costs nothing, and counts replaced rows until they are merged away.
 * Undefined when ClickHouse does not answer.
 */
export async function readRowCounts({ clickhouseUrl, clickhouseHeaders: headers, database }: RowCountTarget) {
  const target = new URL(clickhouseUrl);
  target.searchParams.set('param_database', database);
  try {
    const response = await fetch(target, {
      method: 'POST',
      body: sql,
      headers,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return response.ok ? parseCounts(await response.text()) : undefined;
  } catch {
    return undefined;
  }
}

export interface RowCountTarget {
  readonly clickhouseUrl: string;
  readonly clickhouseHeaders: Readonly<Record<string, string>>;
  readonly database: string;
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
