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
 * the head of the answer is there.
 */
export async function* readRows<T>(client: ClickHouseClient, statement: Statement): AsyncGenerator<readonly T[]> {
  const resultSet = await send(client, statement);
  const rows = addAbortSignal(statement.signal, resultSet.stream<T>());
  for await (const chunk of rows) yield chunk.map((row) => row.json<T>());
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

async function send(client: ClickHouseClient, statement: Statement): Promise<ResultSet<'JSONEachRow'>> {
  const { sql, params, lists = [], settings, signal } = statement;
  if (params !== undefined) requireShortParams(params);
  if (lists.length > 0) {
    // Whatever fails after the first row would else be found in the text of the answer.
    const whole = { ...statement, settings: { ...settings, wait_end_of_query: 1 } };
    const answer = await sendWithLists(client, `${sql}\nFORMAT JSONEachRow`, lists, whole);
    return new ResultSet(answer, 'JSONEachRow', '');
  }
  return client.query({
    query: sql,
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
): Promise<Readable> {
  const { contentType, chunks } = listsBody(lists);
  const { stream } = await client.exec({
    query,
    values: Readable.from(chunks, { objectMode: false }),
    query_params: { ...params },
    clickhouse_settings: { ...settings },
    abort_signal: signal,
    http_headers: { ...traceHeaders(), 'content-type': contentType },
  });
  return stream;
}
