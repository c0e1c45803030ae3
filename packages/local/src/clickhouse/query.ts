import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { openBody } from './body.ts';
import type { Engine, EngineQuery } from './engine.ts';
import { ClickHouseException } from './errors.ts';
import { MAX_STATEMENT_BYTES, readInput } from './input.ts';
import { insertRows } from './insert.ts';
import { isMultipart, readMultipart } from './multipart.ts';
import { refuseOutward } from './refusals.ts';
import { type RequestOptions, readRequestOptions } from './request.ts';
import { type ResponseContext, sendFile, sendResult, sendStream } from './response.ts';
import { quote } from './sql.ts';
import { readStatement, type Statement } from './statement.ts';

export interface QueryDeps {
  readonly engine: Engine;
  readonly maxBodyBytes: number;
}

interface Answer {
  readonly engine: Engine;
  readonly options: RequestOptions;
  readonly query: EngineQuery;
  readonly context: ResponseContext;
}

/** Reads a request for a query, runs it and answers. Throws a ClickHouseException while nothing has been sent. */
export async function answerQuery(
  { engine, maxBodyBytes }: QueryDeps,
  request: IncomingMessage,
  response: ServerResponse,
  url: URLSearchParams,
  signal: AbortSignal,
): Promise<void> {
  const isReadonly = request.method !== 'POST';
  const body = openBody(request, maxBodyBytes)[Symbol.asyncIterator]();
  if (isMultipart(request.headers)) await readMultipart(request.headers, body, MAX_STATEMENT_BYTES, url);
  const options = readRequestOptions(request.headers, url, engine.settingNames);
  const answer = createAnswer(engine, response, options, isReadonly, signal);
  const input = await readInput(options.query, body);
  if (input.kind === 'insert') {
    if (isReadonly) throw readonlyMode();
    const written = await insertRows(engine, answer.query, input);
    return await sendResult(answer.context, Buffer.alloc(0), written);
  }
  const statement = readStatement(input.text);
  refuseOutward(statement.tokens, engine.outward);
  if (isReadonly && !isRead(statement)) throw readonlyMode();
  await answerStatement(answer, statement);
}

function createAnswer(
  engine: Engine,
  response: ServerResponse,
  options: RequestOptions,
  isReadonly: boolean,
  signal: AbortSignal,
): Answer {
  const { queryId, database, defaultFormat: format, params, compression } = options;
  // 2: reads only, and settings may still be given in the query; 1 stays 1
  const readonly = options.settings.get('readonly') === '1' ? '1' : '2';
  const settings = isReadonly ? new Map([...options.settings, ['readonly', readonly]]) : options.settings;
  return {
    engine,
    options,
    query: { sql: '', database, format, settings, params, signal, onlyReads: false },
    context: { response, queryId, version: engine.version, timezone: engine.timezone, format, compression },
  };
}

async function answerStatement({ engine, options, query, context }: Answer, statement: Statement): Promise<void> {
  const named = { ...context, format: statement.format ?? options.defaultFormat };
  if (statement.kind === 'insert') {
    const written = await engine.write({ ...query, sql: statement.sql });
    return await sendResult(named, Buffer.alloc(0), written);
  }
  const reading = { ...query, onlyReads: isRead(statement) };
  if (statement.kind !== 'rows') {
    const result = await engine.run({ ...reading, sql: statement.sql });
    return await sendResult(named, result.bytes, result);
  }
  if (options.waitEndOfQuery) return await answerWhole({ engine, options, query: reading, context: named }, statement);
  await engine.stream(
    reading,
    (path) => sqlInto(statement, path, options.defaultFormat),
    (bytes, finished) => sendStream(named, bytes, finished),
  );
}

/** Makes the whole result before anything of it is sent. */
async function answerWhole({ engine, options, query, context }: Answer, statement: Statement): Promise<void> {
  const path = join(engine.tmpDir, `result-${randomUUID()}`);
  try {
    const result = await engine.run({ ...query, sql: sqlInto(statement, path, options.defaultFormat) });
    await sendFile(context, path, result);
  } finally {
    await rm(path, { force: true });
  }
}

/** The SELECT with its result going into a file or pipe. */
function sqlInto({ sql, outputAt, format }: Statement, path: string, defaultFormat: string): string {
  const named = format === undefined ? ` FORMAT ${defaultFormat}` : '';
  return `${sql.slice(0, outputAt)} INTO OUTFILE ${quote(path)} TRUNCATE${named} ${sql.slice(outputAt)}`;
}

function isRead({ kind }: Statement): boolean {
  return kind === 'rows' || kind === 'read';
}

function readonlyMode(): ClickHouseException {
  return new ClickHouseException(
    164,
    'READONLY',
    'Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. ' +
      'You should use method POST for modifying queries.',
  );
}
