import type { CallOptions, ClickHouse } from '../../clickhouse/types.ts';

/** Removes rows of accounts that an earlier version erased since the copy began: it knows the old tables only. */
export async function eraseAgain(database: ClickHouse, begunAt: string): Promise<void> {
  const erased = await database.query<{ hash: string }>(
    'SELECT toString(did_hash) AS hash FROM erased_accounts FINAL WHERE erased_at >= {begunAt:DateTime64(3)}',
    { begunAt },
  );
  const hashes = erased.map(({ hash }) => hash);
  for (let at = 0; at < hashes.length; at += GROUP)
    for (const [table, did] of TABLES)
      await database.onEachServer(
        (onCluster) =>
          `ALTER TABLE ${table}${onCluster} DELETE WHERE lower(hex(SHA256(${did}))) IN {hashes:Array(String)}`,
        { hashes: hashes.slice(at, at + GROUP) },
        DELETE,
      );
}

const TABLES = [
  ['record_rows', 'repo'],
  ['post_rows', 'did'],
] as const;
const GROUP = 1_000;
const DELETE: CallOptions = { timeoutMs: 86_400_000, settings: { mutations_sync: 2 } };
