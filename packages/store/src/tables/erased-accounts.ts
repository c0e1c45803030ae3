import { hash } from 'node:crypto';
import { didList } from '../clickhouse/lists.ts';
import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { fixedString } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';

/** The accounts whose events are not to be written, in memory. */
export interface ErasedAccounts {
  has(did: string): boolean;
  /** Reads the list again. When that fails, the last one holds. */
  refresh(options?: CallOptions): Promise<void>;
}

/** How often writers read the list again. `pnpm admin erase` waits longer than this before it removes rows. */
export const ERASED_INTERVAL_MS = 3_000;

/** What the list holds of a DID: a hash, so that the list has no personal data and answers only about a DID that the caller knows. */
export function erasedHash(did: string): string {
  return hash('sha256', did, 'hex');
}

/** An empty list until the first refresh(). A look-up costs nothing while the list is empty, else a hash (about 1 µs). */
export function createErasedAccounts(clickhouse: ClickHouse): ErasedAccounts {
  let hashes: ReadonlySet<string> = new Set();
  return {
    has: (did) => hashes.size > 0 && hashes.has(erasedHash(did)),
    refresh: async (options) => {
      const rows = await clickhouse.query(
        'SELECT DISTINCT did_hash FROM erased_accounts',
        shape({ didHash: fixedString(64) }),
        {},
        options,
      );
      hashes = new Set(rows.map(({ didHash }) => didHash));
    },
  };
}

/** Those of the accounts that are on the list, as erasedHash(). */
export async function readErased(clickhouse: ClickHouse, dids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await clickhouse.query(
    `SELECT DISTINCT did_hash FROM erased_accounts
     WHERE did_hash IN (SELECT lower(hex(SHA256(did))) FROM given_dids)`,
    shape({ didHash: fixedString(64) }),
    {},
    { lists: [didList(dids)] },
  );
  return new Set(rows.map(({ didHash }) => didHash));
}

/** Puts accounts on the list. */
export function listErasedAccounts(clickhouse: ClickHouse, dids: readonly string[]): Promise<void> {
  return clickhouse.command(
    `INSERT INTO erased_accounts (did_hash, erased_at)
     SELECT lower(hex(SHA256(did))), now64(3, 'UTC') FROM given_dids`,
    {},
    { lists: [didList(dids)] },
  );
}
