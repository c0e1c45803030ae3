import { didList } from '../clickhouse/lists.ts';
import { quoteName } from '../clickhouse/quote.ts';
import { readCount } from '../clickhouse/read-value.ts';
import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { RECORD_VERSION } from '../tables/record-rows.ts';
import { ACCOUNT_ROWS, type AccountRows, BOUND, LISTED } from './account-rows.ts';

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
 * Removes every row of these accounts from the disk, table by table. Resolves when the parts that had them are rewritten. It can be begun
 * again after an interruption. Put the accounts on the list first (listErasedAccounts), or their next event writes rows again.
 */
export async function removeAccountRows(
  clickhouse: ClickHouse,
  dids: readonly string[],
  onTable: (table: string, rows: number) => void,
): Promise<void> {
  const database = quoteName(clickhouse.database);
  const touch = { timeoutMs: COUNT_TIMEOUT_MS, lists: [didList(dids)] };
  for (const statement of TOUCH_DAYS_OF_OPERATIONS) await clickhouse.command(statement, {}, touch);
  for (const place of ACCOUNT_ROWS) {
    // After the records are gone: a day that is counted before would count them.
    if (place.table === 'actor_days') await clickhouse.command(TOUCH_DAYS_OF_RECORDS, {}, touch);
    const rows = await countIn(clickhouse, place, dids);
    if (rows === 0) continue;
    const change = place.update === undefined ? 'DELETE' : `UPDATE ${place.update}`;
    const where = place.where({ ...BOUND, database });
    for (const group of groupsOf(dids))
      await clickhouse.onEachServer(
        (onCluster) => `ALTER TABLE ${place.table}${onCluster} ${change} WHERE ${where}`,
        { dids: group },
        REWRITE,
      );
    onTable(place.table, rows);
  }
}

/**
 * A change of rows (ALTER … DELETE) goes on after its statement, so it can't read a list that came with the statement. The accounts are a
 * parameter, in groups as large as a parameter may be.
 */
const MAX_GROUP_BYTES = 100_000;

function groupsOf(dids: readonly string[]): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const did of dids) {
    const bytes = did.length + "'',".length;
    if (bytes > room) {
      groups.push([]);
      room = MAX_GROUP_BYTES;
    }
    groups.at(-1)?.push(did);
    room -= bytes;
  }
  return groups;
}

const REWRITE: CallOptions = {
  timeoutMs: 3_600_000,
  settings: { mutations_sync: 2, allow_nondeterministic_mutations: 1 },
};
const COUNT_TIMEOUT_MS = 600_000;

function countIn(clickhouse: ClickHouse, { table, where }: AccountRows, dids: readonly string[]): Promise<number> {
  return readCount(
    clickhouse,
    `SELECT count() AS value FROM ${table} WHERE ${where({ ...LISTED, database: quoteName(clickhouse.database) })}`,
    {},
    { timeoutMs: COUNT_TIMEOUT_MS, lists: [didList(dids)] },
  );
}

/** Makes the statistics of these days due to be counted again. */
const TOUCH_DAYS_OF_RECORDS = `
INSERT INTO touched_days (source, day, touched_at)
SELECT 'records', day, now64(3, 'UTC') FROM actor_days
WHERE did_key IN (SELECT sipHash64(did) FROM given_dids) GROUP BY day`;

const TOUCH_DAYS_OF_OPERATIONS = [
  { table: 'record_rows', repo: 'repo', version: RECORD_VERSION },
  { table: 'post_rows', repo: 'did', version: 'version' },
].map(
  ({ table, repo, version }) => `
INSERT INTO touched_days (source, day, touched_at)
SELECT 'ops', toDate(toUInt16(least(intDiv(bitShiftRight(${version}, 11), 86400000000), 65535))) AS day, now64(3, 'UTC')
FROM ${table} WHERE ${repo} IN given_dids GROUP BY day`,
);
