import type { ClickHouse } from '../../clickhouse/types.ts';
import { REPLAY_STREAM_PATTERN } from '../../replay-stream.ts';

export interface IngestStats {
  /** Live ones: a recorded file's place is a line, which has no lag. */
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

/** How the indexer stands, from what it wrote. */
export async function readIngestStats(clickhouse: ClickHouse, nowMs: number): Promise<IngestStats> {
  const lastHour = Math.floor(nowMs / 3_600_000) - 1;
  const [streams, ops, gapCount, gaps, rejected] = await Promise.all([
    clickhouse.query<IngestStats['streams'][number]>(
      `SELECT stream, toFloat64(last_seq) / 1000 AS lastEventMs, toFloat64(toUnixTimestamp64Milli(parseDateTime64BestEffortOrZero(JSONExtractString(progress_json, 'last_seq_processed_at'), 3, 'UTC'))) AS savedAtMs
       FROM ingest_progress FINAL WHERE NOT match(stream, {replays:String}) ORDER BY stream`,
      { replays: REPLAY_STREAM_PATTERN },
    ),
    clickhouse.query<{ num: number }>(
      'SELECT toFloat64(count()) AS num FROM record_ops FINAL WHERE rev_hour = {lastHour:UInt32}',
      { lastHour },
    ),
    clickhouse.query<{ num: number }>('SELECT toFloat64(count()) AS num FROM ingest_gaps FINAL'),
    clickhouse.query<IngestStats['gaps'][number]>(
      `SELECT host, kind, formatDateTime(from_time, '%Y-%m-%dT%H:%i:%S.%fZ') AS from, formatDateTime(to_time, '%Y-%m-%dT%H:%i:%S.%fZ') AS to, detail
       FROM ingest_gaps FINAL ORDER BY to_time DESC LIMIT 20`,
    ),
    clickhouse.query<IngestStats['rejected'][number]>(
      'SELECT reason, toFloat64(count()) AS numEvents FROM rejected_events FINAL GROUP BY reason ORDER BY numEvents DESC, reason',
    ),
  ]);
  return { streams, lastHourOps: ops[0]?.num ?? 0, numGaps: gapCount[0]?.num ?? 0, gaps, rejected };
}
