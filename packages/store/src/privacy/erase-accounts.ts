import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { ACCOUNT_ROWS, type AccountRows } from './account-rows.ts';

export interface AccountRowCount {
  readonly table: string;
  /** Rows on disk, older states of records included. */
  readonly rows: number;
  /** Whether the rows are others', in which the account is only named. */
  readonly isMention: boolean;
}

/** How many rows of these accounts each table holds. Reads the tables through their indexes where they have one. */
export async function countAccountRows(clickhouse: ClickHouse, dids: readonly string[]): Promise<AccountRowCount[]> {
  const counts: AccountRowCount[] = [];
  for (const place of ACCOUNT_ROWS) {
    const rows = await countIn(clickhouse, place, dids);
    counts.push({ table: place.table, rows, isMention: place.update !== undefined });
  }
  return counts;
}

/**
 * Removes every row of these accounts from the disk, table by table; resolves when the parts that held them are rewritten. Done again, it
 * finds nothing; interrupted, it goes on. Put the accounts on the list first (listErasedAccounts), or their next event writes again.
 */
export async function removeAccountRows(
  clickhouse: ClickHouse,
  dids: readonly string[],
  onTable: (table: string, rows: number) => void,
): Promise<void> {
  await clickhouse.command(TOUCH_DAYS_OF_OPERATIONS, { dids }, { timeoutMs: COUNT_TIMEOUT_MS });
  for (const place of ACCOUNT_ROWS) {
    // Once the records are gone: a day counted in between would be counted with them.
    if (place.table === 'actor_days') await clickhouse.command(TOUCH_DAYS_OF_RECORDS, { dids });
    const rows = await countIn(clickhouse, place, dids);
    if (rows === 0) continue;
    const change = place.update === undefined ? 'DELETE' : `UPDATE ${place.update}`;
    await clickhouse.command(`ALTER TABLE ${place.table} ${change} WHERE ${place.where}`, { dids }, REWRITE);
    onTable(place.table, rows);
  }
}

/** Rewriting the parts of a big table takes its time. */
const REWRITE: CallOptions = {
  timeoutMs: 3_600_000,
  settings: { mutations_sync: 2, allow_nondeterministic_mutations: 1 },
};
const COUNT_TIMEOUT_MS = 600_000;

async function countIn(
  clickhouse: ClickHouse,
  { table, where }: AccountRows,
  dids: readonly string[],
): Promise<number> {
  const [row] = await clickhouse.query<{ rows: number }>(
    `SELECT toFloat64(count()) AS rows FROM ${table} WHERE ${where}`,
    { dids },
    { timeoutMs: COUNT_TIMEOUT_MS },
  );
  return row?.rows ?? 0;
}

/** The statistics of these days are counted anew. */
const TOUCH_DAYS_OF_RECORDS = `
INSERT INTO touched_days (source, day, touched_at)
SELECT 'records', day, now64(3, 'UTC') FROM actor_days
WHERE did_key IN (SELECT sipHash64(arrayJoin({dids:Array(String)}))) GROUP BY day`;

const TOUCH_DAYS_OF_OPERATIONS = `
INSERT INTO touched_days (source, day, touched_at)
SELECT 'ops', toDate(toUInt16(least(intDiv(bitShiftRight(version, 11), 86400000000), 65535))) AS day, now64(3, 'UTC')
FROM repo_records WHERE repo IN {dids:Array(String)} GROUP BY day`;
