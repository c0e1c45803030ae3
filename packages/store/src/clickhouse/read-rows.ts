import { addAbortSignal } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import { traceHeaders } from '@updraft/service';
import type { CallSettings, QueryParams } from './types.ts';

/**
 * A SELECT's rows in chunks, as they arrive. The signal holds until the last row: the client itself lets go of it when
 * the head of the answer is there.
 */
export async function* readRows<T>(
  client: ClickHouseClient,
  sql: string,
  params: QueryParams | undefined,
  settings: CallSettings,
  signal: AbortSignal,
): AsyncGenerator<readonly T[]> {
  const resultSet = await client.query({
    query: sql,
    format: 'JSONEachRow',
    ...(params === undefined ? {} : { query_params: { ...params } }),
    clickhouse_settings: { ...settings },
    abort_signal: signal,
    http_headers: traceHeaders(),
  });
  const rows = addAbortSignal(signal, resultSet.stream<T>());
  for await (const chunk of rows) yield chunk.map((row) => row.json<T>());
}
