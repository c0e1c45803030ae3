import type { Version } from '@updraft/atproto';
import type { ClickHouse } from '../clickhouse/types.ts';
import { bool, dateTime, lowCardinalityString, string, uint32, version } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';
import { hiddenBelow } from './hidden-actors.ts';

/** The state of a record after its last operation. */
export interface RepoRecordRow {
  /** Hours since 1970 of the TID in the rkey; 0 when there is none within bounds. */
  readonly recordHour: number;
  /** DID. */
  readonly repo: string;
  readonly collection: string;
  readonly rkey: string;
  /** Seconds since 1970 of the TID in the rkey, or 0. */
  readonly recordTime: number;
  /** create, update or delete. */
  readonly operation: string;
  /** Without the cids of StrongRefs; '' after a delete. */
  readonly recordJson: string;
  readonly version: Version;
  readonly deleted: boolean;
}

export const repoRecords: Table<RepoRecordRow> = defineTable<RepoRecordRow>('repo_records', {
  recordHour: uint32,
  repo: string,
  collection: string,
  rkey: string,
  recordTime: dateTime,
  operation: lowCardinalityString,
  recordJson: string,
  version,
  deleted: bool,
});

/** Undeleted records by collection, those of hidden accounts left out. Reads the whole table: for tools and tests, not for requests. */
export function countRecordsByCollection(clickhouse: ClickHouse): Promise<{ collection: string; records: number }[]> {
  return clickhouse.query(
    `SELECT collection, toFloat64(count()) AS records FROM repo_records FINAL
     WHERE version > ${hiddenBelow('sipHash64(repo)')} GROUP BY collection ORDER BY collection`,
  );
}

/** Operations ever seen by collection and operation, each once however often it arrived. Reads the whole table. */
export function countOperations(
  clickhouse: ClickHouse,
): Promise<{ collection: string; operation: string; operations: number }[]> {
  return clickhouse.query(
    `SELECT collection, operation, toFloat64(count()) AS operations FROM record_ops FINAL
     GROUP BY collection, operation ORDER BY collection, operation`,
  );
}
