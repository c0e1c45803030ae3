import type { Version } from '@updraft/atproto';
import type { ClickHouse } from '../clickhouse/types.ts';
import { bool, dateTime, dateTime64Ms, string, uint32, version } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';
import { hiddenBelow } from './hidden-actors.ts';

export interface RepostRow {
  /** Hours since 1970 of the TID in the rkey; 0 when there is none within bounds. */
  readonly recordHour: number;
  readonly actorDid: string;
  readonly rkey: string;
  /** Seconds since 1970 of the TID in the rkey, or 0. */
  readonly recordTime: number;
  /** Milliseconds since 1970: the earliest of the times in rev, rkey and createdAt. */
  readonly sortAt: number;
  /** '' in a delete. */
  readonly subjectUri: string;
  readonly version: Version;
  /** Also true for a record that is unusable as its type. */
  readonly deleted: boolean;
}

export const reposts: Table<RepostRow> = defineTable<RepostRow>('reposts', {
  recordHour: uint32,
  actorDid: string,
  rkey: string,
  recordTime: dateTime,
  sortAt: dateTime64Ms,
  subjectUri: string,
  version,
  deleted: bool,
});

/** How many accounts repost the subject, likewise. Exact; reads one column of the table. */
export async function countRepostsOfSubject(clickhouse: ClickHouse, subjectUri: string): Promise<number> {
  const [row] = await clickhouse.query<{ accounts: number }>(
    `SELECT toFloat64(uniqExact(did_key)) AS accounts FROM reposts FINAL
     WHERE subject_key = sipHash64({subjectUri:String}) AND version > ${hiddenBelow('did_key')}`,
    { subjectUri },
  );
  return row?.accounts ?? 0;
}
