import type { Version } from '@updraft/atproto';
import type { ClickHouse } from '../clickhouse/types.ts';
import { bool, dateTime, dateTime64Ms, string, uint32, version } from '../row-binary/codecs.ts';
import type { ColumnCodecs } from '../row-binary/table.ts';
import { hiddenBelow } from './hidden-actors.ts';

/** A record by which an account says one thing of one subject. */
interface SubjectRow {
  /** Hours since 1970 of the TID in the rkey; 0 when there is none within bounds. */
  readonly recordHour: number;
  readonly actorDid: string;
  readonly rkey: string;
  /** Seconds since 1970 of the TID in the rkey, or 0. */
  readonly recordTime: number;
  /** Milliseconds since 1970: the earliest of the times in rev, rkey and createdAt. */
  readonly sortAt: number;
  readonly version: Version;
  /** Also true for a record that is unusable as its type. */
  readonly deleted: boolean;
}

/** A like or a repost. */
export interface SubjectUriRow extends SubjectRow {
  /** '' in a delete. */
  readonly subjectUri: string;
}

/** A follow or a block. */
export interface SubjectDidRow extends SubjectRow {
  /** '' in a delete. */
  readonly subjectDid: string;
}

const key = { recordHour: uint32, actorDid: string, rkey: string, recordTime: dateTime, sortAt: dateTime64Ms };
const state = { version, deleted: bool };

export const subjectUriColumns: ColumnCodecs<SubjectUriRow> = { ...key, subjectUri: string, ...state };
export const subjectDidColumns: ColumnCodecs<SubjectDidRow> = { ...key, subjectDid: string, ...state };

/** Accounts that show and have an undeleted row of this subject, each counted once. Exact; reads one column of the table. */
export async function countActorsOfSubject(
  clickhouse: ClickHouse,
  table: 'likes' | 'reposts' | 'follows',
  subject: string,
): Promise<number> {
  const [row] = await clickhouse.query<{ accounts: number }>(
    `SELECT toFloat64(uniqExact(did_key)) AS accounts FROM ${table} FINAL
     WHERE subject_key = sipHash64({subject:String}) AND version > ${hiddenBelow('did_key')}`,
    { subject },
  );
  return row?.accounts ?? 0;
}
