import { readCount } from '../clickhouse/read-value.ts';
import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { bool, dateTime64Micros, dateTime64Ms, fixedString, string, uint64 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import type { IngestGapRow } from '../tables/ingest-gaps.ts';

/** What became of a gap. */
export interface GapState extends IngestGapRow {
  readonly isOpen: boolean;
  /** Of the last reading of its stretch; '' and 0 when there was none. */
  readonly source: string;
  readonly numEvents: number;
  /** Milliseconds since 1970. */
  readonly healedAt: number;
}

const GAP = {
  gapId: fixedString(32),
  host: string,
  kind: string,
  fromTime: dateTime64Micros,
  toTime: dateTime64Micros,
};
const STATE = { isOpen: bool, source: string, numEvents: uint64, healedAt: dateTime64Ms };

/** The gaps that nobody has filled, the oldest first. */
export function readOpenGaps(clickhouse: ClickHouse, options?: CallOptions): Promise<IngestGapRow[]> {
  return clickhouse.query(
    'SELECT gap_id, host, kind, from_time, to_time, detail FROM open_gaps ORDER BY from_time, gap_id',
    shape({ ...GAP, detail: string }),
    {},
    options,
  );
}

/** All gaps with what became of them, the latest first. */
export function readGaps(clickhouse: ClickHouse, limit: number): Promise<GapState[]> {
  return clickhouse.query(
    `SELECT gaps.gap_id AS gap_id, gaps.host AS host, gaps.kind AS kind, gaps.from_time AS from_time, gaps.to_time AS to_time,
         gaps.detail AS detail, gaps.gap_id IN (SELECT gap_id FROM open_gaps) AS is_open,
         healed.source AS source, healed.num_events AS num_events, healed.healed_at AS healed_at
     FROM (SELECT gap_id, host, kind, from_time, to_time, detail FROM ingest_gaps FINAL) AS gaps
     LEFT JOIN (SELECT gap_id, source, num_events, healed_at FROM healed_gaps FINAL) AS healed ON healed.gap_id = gaps.gap_id
     ORDER BY to_time DESC, gap_id LIMIT {limit:UInt64}`,
    shape({ ...GAP, detail: string, ...STATE }),
    { limit },
  );
}

/** How many gaps there are, and how many of them nobody has filled. */
export async function countGaps(clickhouse: ClickHouse): Promise<{ numGaps: number; numOpenGaps: number }> {
  const [numGaps, numOpenGaps] = await Promise.all([
    readCount(clickhouse, 'SELECT count() AS value FROM ingest_gaps FINAL'),
    readCount(clickhouse, 'SELECT count() AS value FROM open_gaps'),
  ]);
  return { numGaps, numOpenGaps };
}
