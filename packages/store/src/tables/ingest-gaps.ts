import { dateTime64Micros, fixedString, lowCardinalityString, string } from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** A stretch of the stream that may be missing. */
export const ingestGaps = defineTable('ingest_gaps', {
  /** 32 hex characters: see hashText, of host, from and to. */
  gapId: fixedString(32),
  host: string,
  /** possible or left_out. */
  kind: lowCardinalityString,
  /** Microseconds since 1970: rev time of the last known event. */
  fromTime: dateTime64Micros,
  /** Microseconds since 1970: rev time of the first event met after it. */
  toTime: dateTime64Micros,
  detail: string,
});
export type IngestGapRow = RowOf<typeof ingestGaps>;
