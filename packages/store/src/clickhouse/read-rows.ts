import { randomUUID } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import { type ClickHouseClient, ResultSet, type Row } from '@clickhouse/client';
import { traceHeaders } from '@updraft/service';
import { UnavailableError } from '../errors.ts';
import { firstKeyword } from '../migrations/split-statements.ts';
import type { Shape } from '../row-binary/shape.ts';
import { type List, listsBody, requireShortParams } from './lists.ts';
import { ANSWER_SETTINGS } from './settings.ts';
import type { CallSettings, QueryParams } from './types.ts';

const FORMAT = 'JSONCompactEachRowWithNamesAndTypes';

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
 * the head of the answer is there. A query whose reader has gone is killed, since the server would go on with what came by POST.
 * @throws AnswerFault for an answer of another shape.
 */
export async function* readRows<T>(
  client: ClickHouseClient,
  shape: Shape<T>,
  statement: Statement,
): AsyncGenerator<readonly T[]> {
  const queryId = randomUUID();
  let isOver = false;
  try {
    const resultSet = await send(client, statement, queryId);
    const lines = addAbortSignal(statement.signal, resultSet.stream<unknown[]>());
    yield* decode(lines, shape);
    isOver = true;
  } catch (error) {
    isOver = !statement.signal.aborted;
    throw error;
  } finally {
    if (!isOver) kill(client, queryId);
  }
}

/** A SELECT's rows as RowBinary. An error after the first row would be among the bytes, so the server keeps all until the last is there. */
export async function* readBytes(client: ClickHouseClient, statement: Statement): AsyncGenerator<Uint8Array> {
  const { sql, params = {}, settings, signal } = statement;
  const queryId = randomUUID();
  let isOver = false;
  try {
    const { stream } = await client.exec({
      query: `${sql}\nFORMAT RowBinary`,
      query_id: queryId,
      query_params: { ...params },
      clickhouse_settings: { ...settings, wait_end_of_query: 1 },
      abort_signal: signal,
      http_headers: traceHeaders(),
    });
    yield* addAbortSignal(signal, stream) as AsyncIterable<Buffer>;
    isOver = true;
  } catch (error) {
    isOver = !signal.aborted;
    throw error;
  } finally {
    if (!isOver) kill(client, queryId);
  }
}

/** The first line has the names of the columns, the second their types. */
async function* decode<T>(
  chunks: AsyncIterable<readonly Row<unknown[], typeof FORMAT>[]>,
  shape: Shape<T>,
): AsyncGenerator<readonly T[]> {
  let names: unknown[] | undefined;
  let toRow: ((values: readonly unknown[]) => T) | undefined;
  for await (const chunk of chunks) {
    const rows: T[] = [];
    for (const line of chunk) {
      const values = line.json();
      if (toRow !== undefined) rows.push(toRow(values));
      else if (names === undefined) names = values;
      else toRow = shape(names.map((name, index) => ({ name: String(name), type: String(values[index]) })));
    }
    if (rows.length > 0) yield rows;
  }
  if (toRow === undefined) throw new UnavailableError('ClickHouse answered nothing, not even the names of the columns');
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
): Promise<ResultSet<typeof FORMAT>> {
  const { sql, params, lists = [], settings, signal } = statement;
  if (params !== undefined) requireShortParams(params);
  if (lists.length > 0) {
    // Otherwise the text of an error that comes after the first row would be part of the answer.
    const whole = { ...statement, settings: { ...ANSWER_SETTINGS, ...settings, wait_end_of_query: 1 } };
    const answer = await sendWithLists(client, `${sql}\nFORMAT ${FORMAT}`, lists, whole, queryId);
    return new ResultSet(answer, FORMAT, '');
  }
  return client.query({
    query: sql,
    query_id: queryId,
    format: FORMAT,
    ...(params === undefined ? {} : { query_params: { ...params } }),
    clickhouse_settings: { ...ANSWER_SETTINGS, ...settings },
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

/** Not awaited, and a failure is harmless: the query ends at its max_execution_time. */
function kill(client: ClickHouseClient, queryId: string): void {
  client
    .command({
      query: 'KILL QUERY WHERE query_id = {id:String} ASYNC',
      query_params: { id: queryId },
      abort_signal: AbortSignal.timeout(KILL_TIMEOUT_MS),
    })
    .catch(() => {});
}
