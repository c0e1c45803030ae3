import { createList } from '../clickhouse/lists.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { bool, string } from '../row-binary/codecs.ts';

/** An account as a host lists it. */
export interface ListedAccount {
  readonly did: string;
  readonly active: boolean;
}

/** Writes listed accounts. Resolves when they are acknowledged. */
export function writeListedAccounts(
  clickhouse: ClickHouse,
  accounts: readonly ListedAccount[],
  atMicros: number,
): Promise<void> {
  return clickhouse.command(
    `INSERT INTO listed_accounts (did_key, active, version)
     SELECT sipHash64(did), active, {atMicros:UInt64} FROM given_accounts`,
    { atMicros },
    { lists: [createList('given_accounts', { did: string, active: bool }, accounts)] },
  );
}
