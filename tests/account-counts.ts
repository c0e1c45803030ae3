import { type ClickHouse, hiddenBelow } from '@updraft/store';
import { selectRows } from './select-rows.ts';

/** Accounts that show and have an undeleted record with this subject, each counted once. */
export async function countAccounts(
  clickhouse: ClickHouse,
  table: 'likes' | 'reposts' | 'follows FINAL',
  subject: string,
): Promise<number> {
  const [row] = await selectRows<{ accounts: number }>(
    clickhouse,
    `SELECT toUInt32(uniqExact(did_key)) AS accounts FROM ${table}
     WHERE subject_key = sipHash64({subject:String}) AND version > ${hiddenBelow('did_key')}`,
    { subject },
  );
  return row?.accounts ?? 0;
}
