import { randomUUID } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import { type ClickHouseClient, ResultSet } from '@clickhouse/client';
import { traceHeaders } from '@updraft/service';
import { firstKeyword } from '../migrations/split-statements.ts';
import { type List, listsBody, requireShortParams } from './lists.ts';
import type { CallSettings, QueryParams } from './types.ts';

/** A statement and what goes with it. */
export interface Statement {
  readonly sql: string;
  readonly params?: QueryParams | undefined;
  readonly lists?: readonly List[] | undefined;
  readonly settings: CallSettings;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * A SELECT's rows in chunks, as they arrive. The signal holds until the last row: the client itself lets go of it when
 * the head of the answer is there. A query whose rows nobody takes any more is killed: the server itself goes on with what came by POST.
 */
export async function* readRows<T>(client: ClickHouseClient, statement: Statement): AsyncGenerator<readonly T[]> {
  const queryId = randomUUID();
  let isOver = false;
  try {
    const resultSet = await send(client, statement, queryId);
    const rows = addAbortSignal(statement.signal, resultSet.stream<T>());
    for await (const chunk of rows) yield chunk.map((row) => row.json<T>());
    isOver = true;
  } catch (error) {
    isOver = !statement.signal.aborted;
    throw error;
  } finally {
    if (!isOver) kill(client, queryId);
  }
}

/** Runs a statement that answers nothing. */
export async function runCommand(client: ClickHouseClient, statement: Statement): Promise<void> {
  const { sql, params = {}, lists = [], signal } = statement;
  if (lists.length > 0) await drain(await sendWithLists(client, sql, lists, statement));
  // The client puts the parameters of a command into the URL, however long they are, but those of a query into the body. An INSERT takes
  // what is long as a list.
  else if (firstKeyword(sql) !== 'INSERT' && Object.keys(params).length > 0)
    await drain((await send(client, statement)).stream());
  else
    await client.command({
      query: sql,
      query_params: { ...params },
      clickhouse_settings: statement.settings,
      abort_signal: signal,
      http_headers: traceHeaders(),
    });

  async function drain(answer: Readable): Promise<void> {
    for await (const _ of addAbortSignal(signal, answer));
  }
}

async function send(
  client: ClickHouseClient,
  statement: Statement,
  queryId: string = randomUUID(),
): Promise<ResultSet<'JSONEachRow'>> {
  const { sql, params, lists = [], settings, signal } = statement;
  if (params !== undefined) requireShortParams(params);
  if (lists.length > 0) {
    // Whatever fails after the first row would else be found in the text of the answer.
    const whole = { ...statement, settings: { ...settings, wait_end_of_query: 1 } };
    const answer = await sendWithLists(client, `${sql}\nFORMAT JSONEachRow`, lists, whole, queryId);
    return new ResultSet(answer, 'JSONEachRow', '');
  }
  return client.query({
    query: sql,
    query_id: queryId,
    format: 'JSONEachRow',
    ...(params === undefined ? {} : { query_params: { ...params } }),
    clickhouse_settings: { ...settings },
    abort_signal: signal,
    http_headers: traceHeaders(),
  });
}

async function sendWithLists(
  client: ClickHouseClient,
  query: string,
  lists: readonly List[],
  { params = {}, settings, signal }: Statement,
  queryId: string = randomUUID(),
): Promise<Readable> {
  const { contentType, chunks } = listsBody(lists);
  const { stream } = await client.exec({
    query,
    query_id: queryId,
    values: Readable.from(chunks, { objectMode: false }),
    query_params: { ...params },
    clickhouse_settings: { ...settings },
    abort_signal: signal,
    http_headers: { ...traceHeaders(), 'content-type': contentType },
  });
  return stream;
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
