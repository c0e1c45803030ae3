import { readCount } from '../../clickhouse/read-value.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { dateTime64Ms, float64, string, uint64 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { REPLAY_STREAM_PATTERN } from '../../tables/ingest-progress.ts';
import { countGaps, type GapState, readGaps } from '../gaps.ts';

export interface IngestStats {
  /** Live ones only: the progress through a recorded file is a line, which has no lag. */
  readonly streams: readonly { readonly stream: string; readonly lastEventMs: number; readonly savedAtMs: number }[];
  /** Commits of the last full hour, by the time of their rev. */
  readonly lastHourOps: number;
  /** Those of the hour that runs, so far. */
  readonly thisHourOps: number;
  readonly numGaps: number;
  readonly numOpenGaps: number;
  /** The latest first, at most 20. */
  readonly gaps: readonly GapState[];
  readonly rejected: readonly { readonly reason: string; readonly numEvents: number }[];
}

const MAX_GAPS = 20;

/** How far the indexer is, and what it could not take, from what it wrote. */
export async function readIngestStats(clickhouse: ClickHouse, nowMs: number): Promise<IngestStats> {
  const hour = Math.floor(nowMs / 3_600_000);
  const [streams, lastHourOps, thisHourOps, counts, gaps, rejected] = await Promise.all([
    clickhouse.query(
      `SELECT stream, last_seq / 1000 AS last_event_ms,
           parseDateTime64BestEffortOrZero(JSONExtractString(progress_json, 'last_seq_processed_at'), 3, 'UTC') AS saved_at_ms
       FROM ingest_progress FINAL WHERE NOT match(stream, {replays:String}) ORDER BY stream`,
      shape({ stream: string, lastEventMs: float64, savedAtMs: dateTime64Ms }),
      { replays: REPLAY_STREAM_PATTERN },
    ),
    countHour(clickhouse, hour - 1),
    countHour(clickhouse, hour),
    countGaps(clickhouse),
    readGaps(clickhouse, MAX_GAPS),
    clickhouse.query(
      'SELECT reason, count() AS num_events FROM rejected_events FINAL GROUP BY reason ORDER BY num_events DESC, reason',
      shape({ reason: string, numEvents: uint64 }),
    ),
  ]);
  return { streams, lastHourOps, thisHourOps, ...counts, gaps, rejected };
}

function countHour(clickhouse: ClickHouse, hour: number): Promise<number> {
  return readCount(clickhouse, 'SELECT count() AS value FROM record_ops FINAL WHERE rev_hour = {hour:UInt32}', {
    hour,
  });
}
