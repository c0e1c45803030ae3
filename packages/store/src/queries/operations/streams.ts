import type { ClickHouse } from '../../clickhouse/types.ts';
import { dateTime64Ms, string, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';
import { REPLAY_STREAM_PATTERN } from '../../tables/ingest-progress.ts';

const STREAM = shape({ stream: string, host: string, lastSeq: uint64, savedAt: dateTime64Ms });
/** How far a live stream is stored; `savedAt` is 0 where that is not known. */
export type StreamState = RowOf<typeof STREAM>;

export function readStreamStates(clickhouse: ClickHouse): Promise<StreamState[]> {
  return clickhouse.query(
    `SELECT stream, JSONExtractString(progress_json, 'host') AS host, last_seq,
         parseDateTime64BestEffortOrZero(JSONExtractString(progress_json, 'last_seq_processed_at'), 3, 'UTC') AS saved_at
     FROM ingest_progress FINAL WHERE NOT match(stream, {replays:String}) ORDER BY stream LIMIT 20`,
    STREAM,
    { replays: REPLAY_STREAM_PATTERN },
  );
}
