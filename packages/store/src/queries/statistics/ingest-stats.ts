import { readCount } from '../../clickhouse/read-value.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { dateTime64Ms, float64, string, uint64 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { REPLAY_STREAM_PATTERN } from '../../tables/ingest-progress.ts';

export interface IngestStats {
  /** Live ones only: the progress through a recorded file is a line, which has no lag. */
  readonly streams: readonly { readonly stream: string; readonly lastEventMs: number; readonly savedAtMs: number }[];
  /** Commits of the last full hour, by the time of their rev. */
  readonly lastHourOps: number;
  readonly numGaps: number;
  /** The latest first, at most 20. Times in ISO 8601. */
  readonly gaps: readonly {
    readonly host: string;
    readonly kind: string;
    readonly from: string;
    readonly to: string;
    readonly detail: string;
  }[];
  readonly rejected: readonly { readonly reason: string; readonly numEvents: number }[];
}

/** How far the indexer is, and what it could not take, from what it wrote. */
export async function readIngestStats(clickhouse: ClickHouse, nowMs: number): Promise<IngestStats> {
  const lastHour = Math.floor(nowMs / 3_600_000) - 1;
  const [streams, lastHourOps, numGaps, gaps, rejected] = await Promise.all([
    clickhouse.query(
      `SELECT stream, last_seq / 1000 AS last_event_ms,
           parseDateTime64BestEffortOrZero(JSONExtractString(progress_json, 'last_seq_processed_at'), 3, 'UTC') AS saved_at_ms
       FROM ingest_progress FINAL WHERE NOT match(stream, {replays:String}) ORDER BY stream`,
      shape({ stream: string, lastEventMs: float64, savedAtMs: dateTime64Ms }),
      { replays: REPLAY_STREAM_PATTERN },
    ),
    readCount(clickhouse, 'SELECT count() AS value FROM record_ops FINAL WHERE rev_hour = {lastHour:UInt32}', {
      lastHour,
    }),
    readCount(clickhouse, 'SELECT count() AS value FROM ingest_gaps FINAL'),
    clickhouse.query(
      `SELECT host, kind, formatDateTime(from_time, '%Y-%m-%dT%H:%i:%S.%fZ') AS from, formatDateTime(to_time, '%Y-%m-%dT%H:%i:%S.%fZ') AS to, detail
       FROM ingest_gaps FINAL ORDER BY to_time DESC LIMIT 20`,
      shape({ host: string, kind: string, from: string, to: string, detail: string }),
    ),
    clickhouse.query(
      'SELECT reason, count() AS num_events FROM rejected_events FINAL GROUP BY reason ORDER BY num_events DESC, reason',
      shape({ reason: string, numEvents: uint64 }),
    ),
  ]);
  return { streams, lastHourOps, numGaps, gaps, rejected };
}
