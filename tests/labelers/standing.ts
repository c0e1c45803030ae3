import type { ClickHouse } from '@updraft/store';
import { selectRows } from '../select-rows.ts';

/** A label that was not taken back. */
export interface Standing {
  readonly uri: string;
  readonly val: string;
  /** Milliseconds since 1970; 0 where it does not end. */
  readonly exp: number;
}

export async function standingLabels(clickhouse: ClickHouse, labeler: string): Promise<Standing[]> {
  const rows = await selectRows<{ uri: string; val: string; exp: string }>(
    clickhouse,
    `SELECT uri, val, toUnixTimestamp64Milli(exp) AS exp FROM labels FINAL WHERE src = {labeler:String} AND neg = 0
     AND did = if(startsWith(uri, 'at://'), splitByChar('/', uri)[3], uri) ORDER BY concat(uri, val)`,
    { labeler },
  );
  return rows.map(({ uri, val, exp }) => ({ uri, val, exp: Number(exp) }));
}
