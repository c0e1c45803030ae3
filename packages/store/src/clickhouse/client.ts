import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { endSpan, traceHeaders } from '@updraft/service';
import type { Shape } from '../row-binary/shape.ts';
import { clickHouseUrl, isLoopback } from './address.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { quoteName } from './quote.ts';
import { readBytes, readRows, runCommand } from './read-rows.ts';
import { connect, eachServer, PACKED, type Server, settingsOf } from './servers.ts';
import { INSERT_SETTINGS, timeLimit } from './settings.ts';
import { startCallSpan, traceCall } from './trace-call.ts';
import { type CallSite, translateError } from './translate-error.ts';
import type { CallOptions, CallSettings, ClickHouse, ClickHouseOptions, QueryParams } from './types.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const INSERT_TIMEOUT_MS = 60_000;

/**
 * A client of ClickHouse's HTTP interface with the pinned settings, a deadline on every call, and typed errors.
 * Opens no connection by itself.
 * @throws SetupStoreError when the address is wrong.
 */
export function createClickHouse(options: ClickHouseOptions): ClickHouse {
  const site = { url: clickHouseUrl(options.address), username: options.username, database: options.database };
  const client = connect(site, options.password, settingsOf(options));
  // A server unpacks the body of an insert, not that of a form, which brings parameters and lists.
  const inserter = isLoopback(site.url) ? client : connect(site, options.password, settingsOf(options), PACKED);
  const self = { client, site };
  const each = eachServer(options, self);
  return {
    database: options.database,
    rowsDatabase: each.database,
    query: (sql, shape, params, callOptions) => queryRows(self, sql, shape, params, callOptions),
    stream: (sql, shape, params, callOptions) => streamRows(self, sql, shape, params, callOptions),
    streamBytes: (sql, params, callOptions) =>
      streamChunks(self, sql, callOptions, (call) => readBytes(client, { ...call, params })),
    command: (sql, params, callOptions) => runOn(self, sql, params, callOptions),
    onEachServer: async (statement, params, callOptions) => {
      const sql = statement(each.onCluster);
      const calls = each.servers.map((server) => runOn(server, sql, params, callOptions));
      for (const call of await Promise.allSettled(calls)) if (call.status === 'rejected') throw call.reason;
    },
    queryEachServer: async (sql, shape, params, callOptions) => {
      const answers = each.servers.map((server) => queryServer(server, sql, shape, params, callOptions));
      return { answers: await Promise.all(answers), isWhole: options.cluster?.isReplicated !== true };
    },
    insertBytes: (table, columnsHeader, body, callOptions) => {
      const chunks = body instanceof Uint8Array ? [columnsHeader, body] : [columnsHeader, ...body];
      return insert({ client: inserter, site }, table, chunks, callOptions);
    },
    ping: (callOptions) =>
      withDeadline(site, callOptions, DEFAULT_TIMEOUT_MS, (settings, signal) =>
        runCommand(client, { sql: 'SELECT 1', settings, signal }),
      ),
    close: async () => {
      const clients = new Set([client, inserter, ...each.servers.map((server) => server.client)]);
      await Promise.all([...clients].map((one) => one.close()));
    },
  };
}

/** Runs a call under its deadline; what it throws becomes the store's error, and a caller who stops a call gets its own reason back. */
async function withDeadline<T>(
  site: CallSite,
  options: CallOptions = {},
  defaultMs: number,
  run: (settings: CallSettings, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? defaultMs;
  using deadline = startDeadline(timeoutMs, options.signal);
  try {
    return await Promise.race([
      run({ ...timeLimit(timeoutMs), ...options.settings }, deadline.signal),
      deadline.passed,
    ]);
  } catch (error) {
    throw failure(error, deadline, site);
  }
}

function queryRows<Row>(
  { client, site }: Server,
  sql: string,
  shape: Shape<Row>,
  params?: QueryParams,
  options?: CallOptions,
): Promise<Row[]> {
  return traceCall(site, { sql }, () =>
    withDeadline(site, options, DEFAULT_TIMEOUT_MS, async (settings, signal) => {
      const chunks: (readonly Row[])[] = [];
      for await (const chunk of readRows(client, shape, { sql, params, lists: options?.lists, settings, signal }))
        chunks.push(chunk);
      return chunks.flat();
    }),
  );
}

async function queryServer<Row>(
  server: Server,
  sql: string,
  shape: Shape<Row>,
  params?: QueryParams,
  options?: CallOptions,
) {
  return { server: server.site.url.host, rows: await queryRows(server, sql, shape, params, options) };
}

function streamRows<Row>(
  server: Server,
  sql: string,
  shape: Shape<Row>,
  params?: QueryParams,
  options: CallOptions = {},
): AsyncGenerator<readonly Row[]> {
  return streamChunks(server, sql, options, (call) =>
    readRows(server.client, shape, { ...call, params, lists: options.lists }),
  );
}

async function* streamChunks<Chunk>(
  { site }: Server,
  sql: string,
  options: CallOptions = {},
  read: (call: { sql: string; settings: CallSettings; signal: AbortSignal }) => AsyncGenerator<Chunk>,
): AsyncGenerator<Chunk> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  using deadline = startDeadline(timeoutMs, options.signal);
  const span = startCallSpan(site, { sql });
  let failed: unknown;
  try {
    const settings = { ...timeLimit(timeoutMs), ...options.settings };
    yield* read({ sql, settings, signal: deadline.signal });
  } catch (error) {
    failed = failure(error, deadline, site);
    throw failed;
  } finally {
    if (span !== undefined) endSpan(span, failed);
  }
}

function runOn({ client, site }: Server, sql: string, params?: QueryParams, options?: CallOptions): Promise<void> {
  return traceCall(site, { sql }, () =>
    withDeadline(site, options, DEFAULT_TIMEOUT_MS, (settings, signal) =>
      runCommand(client, { sql, params, lists: options?.lists, settings, signal }),
    ),
  );
}

function insert({ client, site }: Server, table: string, chunks: readonly Uint8Array[], options?: CallOptions) {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  return traceCall(site, { table, bytes }, () =>
    withDeadline(site, options, INSERT_TIMEOUT_MS, async (settings, signal) => {
      const { stream, summary } = await client.exec({
        query: `INSERT INTO ${quoteName(table)} FORMAT RowBinaryWithNamesAndTypes`,
        values: Readable.from(chunks, { objectMode: false }),
        clickhouse_settings: { ...INSERT_SETTINGS, ...settings },
        abort_signal: signal,
        http_headers: traceHeaders(),
      });
      await finished(stream.resume(), { signal });
      return { writtenRows: Number(summary?.written_rows ?? 0) };
    }),
  );
}

function failure(error: unknown, deadline: Deadline, site: CallSite): unknown {
  return deadline.signal.aborted ? deadline.signal.reason : translateError(error, site);
}
