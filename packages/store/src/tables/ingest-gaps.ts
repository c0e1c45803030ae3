import { dateTime64Micros, fixedString, lowCardinalityString, string } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** A stretch of the stream that may be missing. */
export interface IngestGapRow {
  /** 32 hex characters: see hashText, of host, from and to. */
  readonly gapId: string;
  readonly host: string;
  /** possible or left_out. */
  readonly kind: string;
  /** Microseconds since 1970: rev time of the last known event. */
  readonly fromTime: number;
  /** Microseconds since 1970: rev time of the first event met after it. */
  readonly toTime: number;
  readonly detail: string;
}

export const ingestGaps: Table<IngestGapRow> = defineTable<IngestGapRow>('ingest_gaps', {
  gapId: fixedString(32),
  host: string,
  kind: lowCardinalityString,
  fromTime: dateTime64Micros,
  toTime: dateTime64Micros,
  detail: string,
});
