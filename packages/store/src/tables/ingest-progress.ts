import { hash } from 'node:crypto';
import { readCount, readValue } from '../clickhouse/read-value.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { SetupStoreError } from '../errors.ts';
import { formatProgress, type Progress, parseProgress } from '../redis/progress.ts';
import { string } from '../row-binary/codecs.ts';

/** The name under which the progress through a recorded file is saved, beside that of the live stream. `file` identifies the file. */
export function replayStreamName(prefix: string, file: string): string {
  return `${prefix}:replay:${hash('sha256', file, 'hex').slice(0, 16)}`;
}

/** Those names as a pattern of ClickHouse's match(). */
export const REPLAY_STREAM_PATTERN = ':replay:[0-9a-f]{16}$';

/** @throws SetupStoreError for a row that holds something else. */
export async function readProgress(clickhouse: ClickHouse, stream: string): Promise<Progress | undefined> {
  const sql = 'SELECT progress_json AS value FROM ingest_progress FINAL WHERE stream = {stream:String}';
  const json = await readValue(clickhouse, string, sql, { stream });
  if (json === undefined) return undefined;
  const stored = parseProgress(json);
  if (stored === undefined)
    throw new SetupStoreError(`ingest_progress holds no progress for '${stream}': ${json.slice(0, 200)}`);
  return stored.progress;
}

/** 0 for a stream that has none. */
export function readProgressVersion(clickhouse: ClickHouse, stream: string): Promise<number> {
  const sql = 'SELECT max(version) AS value FROM ingest_progress WHERE stream = {stream:String}';
  return readCount(clickhouse, sql, { stream });
}

/** The row of the latest version counts: a lease's fence and the number of saves in its name; by default the time. */
export function writeProgress(
  clickhouse: ClickHouse,
  stream: string,
  progress: Progress,
  version?: number,
): Promise<void> {
  return clickhouse.command(
    `INSERT INTO ingest_progress (stream, progress_json, last_seq, version)
     SELECT {stream:String}, {text:String}, {lastSeq:UInt64}, if({version:UInt64} = 0, toUInt64(toUnixTimestamp64Micro(now64(6))), {version:UInt64})`,
    { stream, text: formatProgress(progress), lastSeq: progress.lastSeq, version: version ?? 0 },
  );
}
