import type { CallOptions, ClickHouse } from '../../clickhouse/types.ts';
import { fixedString } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';

/**
 * Removes rows of accounts that an earlier version erased since the copy began, since it knows the old tables only; also those erased within
 * the day before, since an account is listed first and its rows go in the hours after. Accounts that are listed meanwhile are removed as
 * well, since this may take long.
 */
export async function eraseAgain(database: ClickHouse, begunAt: string): Promise<void> {
  const done = new Set<string>();
  for (;;) {
    const hashes = (await erasedSince(database, begunAt)).filter((hash) => !done.has(hash));
    if (hashes.length === 0) return;
    for (let at = 0; at < hashes.length; at += GROUP) await removeRows(database, hashes.slice(at, at + GROUP));
    for (const hash of hashes) done.add(hash);
  }
}

async function erasedSince(database: ClickHouse, begunAt: string): Promise<string[]> {
  const erased = await database.query(
    'SELECT did_hash FROM erased_accounts FINAL WHERE erased_at >= {begunAt:DateTime64(3)} - INTERVAL 1 DAY',
    shape({ didHash: fixedString(64) }),
    { begunAt },
  );
  return erased.map(({ didHash }) => didHash);
}

async function removeRows(database: ClickHouse, hashes: readonly string[]): Promise<void> {
  for (const [table, did] of TABLES)
    await database.onEachServer(
      (onCluster) =>
        `ALTER TABLE ${table}${onCluster} DELETE WHERE lower(hex(SHA256(${did}))) IN {hashes:Array(String)}`,
      { hashes },
      DELETE,
    );
}

const TABLES = [
  ['record_rows', 'repo'],
  ['post_rows', 'did'],
] as const;
const GROUP = 1_000;
const DELETE: CallOptions = { timeoutMs: 86_400_000, settings: { mutations_sync: 2 } };
