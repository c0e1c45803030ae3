import { randomUUID } from 'node:crypto';
import { addAbortSignal } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import { traceHeaders } from '@updraft/service';
import type { CallSettings, QueryParams } from './types.ts';

/**
 * A SELECT's rows in chunks, as they arrive. The signal holds until the last row: the client itself lets go of it when
 * the head of the answer is there. A query whose rows nobody takes any more is killed: the server itself goes on with what came by POST.
 */
export async function* readRows<T>(
  client: ClickHouseClient,
  sql: string,
  params: QueryParams | undefined,
  settings: CallSettings,
  signal: AbortSignal,
): AsyncGenerator<readonly T[]> {
  const queryId = randomUUID();
  let isOver = false;
  try {
    yield* rowsOf<T>(client, queryId, sql, params, settings, signal);
    isOver = true;
  } catch (error) {
    isOver = !signal.aborted;
    throw error;
  } finally {
    if (!isOver) kill(client, queryId);
  }
}

async function* rowsOf<T>(
  client: ClickHouseClient,
  queryId: string,
  sql: string,
  params: QueryParams | undefined,
  settings: CallSettings,
  signal: AbortSignal,
): AsyncGenerator<readonly T[]> {
  const resultSet = await client.query({
    query: sql,
    query_id: queryId,
    format: 'JSONEachRow',
    ...(params === undefined ? {} : { query_params: { ...params } }),
    clickhouse_settings: { ...settings },
    abort_signal: signal,
    http_headers: traceHeaders(),
  });
  const rows = addAbortSignal(signal, resultSet.stream<T>());
  for await (const chunk of rows) yield chunk.map((row) => row.json<T>());
}

const KILL_TIMEOUT_MS = 5_000;

/** Nobody waits for it, and its failure harms nobody: the query ends at its max_execution_time. */
function kill(client: ClickHouseClient, queryId: string): void {
  client
    .command({
      query: 'KILL QUERY WHERE query_id = {id:String} ASYNC',
      query_params: { id: queryId },
      abort_signal: AbortSignal.timeout(KILL_TIMEOUT_MS),
    })
    .catch(() => {});
}
