import { dateTime64Micros, dateTime64Ms, fixedString, string, uint64 } from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** A gap whose stretch was read again to its end. */
export const healedGaps = defineTable('healed_gaps', {
  /** Of ingest_gaps. */
  gapId: fixedString(32),
  /** Microseconds since 1970, as the gap was known when it was read: one that was found longer since is open again. */
  fromTime: dateTime64Micros,
  toTime: dateTime64Micros,
  /** An archive, or a host. */
  source: string,
  /** Events read, those that were known among them. */
  numEvents: uint64,
  /** Milliseconds since 1970. */
  healedAt: dateTime64Ms,
});
export type HealedGapRow = RowOf<typeof healedGaps>;
