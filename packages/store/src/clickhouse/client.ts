import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { endSpan, traceHeaders } from '@updraft/service';
import { clickHouseUrl, isLoopback } from './address.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { quoteName, quoteText } from './quote.ts';
import { readRows, runCommand } from './read-rows.ts';
import {
  CLUSTER_SETTINGS,
  FOREIGN_SETTINGS,
  INSERT_SETTINGS,
  PINNED_SETTINGS,
  REPLICATED_SETTINGS,
  timeLimit,
} from './settings.ts';
import { startCallSpan, traceCall } from './trace-call.ts';
import { type CallSite, translateError } from './translate-error.ts';
import type { CallOptions, CallSettings, ClickHouse, ClickHouseOptions, QueryParams } from './types.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const INSERT_TIMEOUT_MS = 60_000;
/** The client's own socket timeout stands behind our deadlines. */
const BACKSTOP_MS = 3_600_000;
/** ClickHouse closes an idle connection after 10 s (3 s before 23.11): ours go first, so that no request meets a closing one. */
const IDLE_SOCKET_MS = 2_500;
const MAX_CONNECTIONS = 32;

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
  const run = caller(site);
  const each = eachServer(options, { client, site });
  return {
    database: options.database,
    rowsDatabase: each.database,
    query: <T>(sql: string, params?: QueryParams, callOptions?: CallOptions) =>
      traceCall(site, { sql }, () =>
        run(callOptions, DEFAULT_TIMEOUT_MS, async (settings, signal) => {
          const rows: T[] = [];
          const { lists } = callOptions ?? {};
          for await (const chunk of readRows<T>(client, { sql, params, lists, settings, signal }))
            for (const row of chunk) rows.push(row);
          return rows;
        }),
      ),
    stream: (sql, params, callOptions) => streamRows(client, site, sql, params, callOptions),
    command: (sql, params, callOptions) =>
      traceCall(site, { sql }, () =>
        run(callOptions, DEFAULT_TIMEOUT_MS, (settings, signal) =>
          runCommand(client, { sql, params, lists: callOptions?.lists, settings, signal }),
        ),
      ),
    onEachServer: async (statement, params, callOptions) => {
      const sql = statement(each.onCluster);
      const calls = each.servers.map((server) =>
        traceCall(server.site, { sql }, () =>
          caller(server.site)(callOptions, DEFAULT_TIMEOUT_MS, (settings, signal) =>
            runCommand(server.client, { sql, params, lists: callOptions?.lists, settings, signal }),
          ),
        ),
      );
      for (const call of await Promise.allSettled(calls)) if (call.status === 'rejected') throw call.reason;
    },
    insertBytes: (table, columnsHeader, body, callOptions) => {
      const chunks = body instanceof Uint8Array ? [columnsHeader, body] : [columnsHeader, ...body];
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      return traceCall(site, { table, bytes }, () =>
        run(callOptions, INSERT_TIMEOUT_MS, (settings, signal) => insert(inserter, table, chunks, settings, signal)),
      );
    },
    ping: (callOptions) =>
      run(callOptions, DEFAULT_TIMEOUT_MS, async (settings, signal) => {
        for await (const _ of readRows(client, { sql: 'SELECT 1', settings, signal }));
      }),
    close: async () => {
      const clients = new Set([client, inserter, ...each.servers.map((server) => server.client)]);
      await Promise.all([...clients].map((one) => one.close()));
    },
  };
}

interface Server {
  readonly client: ClickHouseClient;
  readonly site: CallSite;
}

/** Where the rows stand: on one server beside everything else, on a cluster in a database of their own on each server. */
function eachServer(options: ClickHouseOptions, self: Server) {
  const { cluster, database } = options;
  if (cluster === undefined) return { database, onCluster: '', servers: [self] };
  const rowsDatabase = rowsDatabaseOf(database);
  const addresses = cluster.isReplicated ? [options.address] : cluster.servers;
  const servers = addresses.map((address): Server => {
    const site = { ...self.site, url: clickHouseUrl(address), database: rowsDatabase };
    return { site, client: connect(site, options.password, settingsOf(options)) };
  });
  const onCluster = cluster.isReplicated ? ` ON CLUSTER ${quoteText(cluster.name)}` : '';
  return { database: rowsDatabase, onCluster, servers };
}

/** The database of a cluster's servers in which the rows of `database` stand. */
export function rowsDatabaseOf(database: string): string {
  return `${database}_rows`;
}

function settingsOf({ cluster, isForeign = false }: ClickHouseOptions): CallSettings {
  if (isForeign) return FOREIGN_SETTINGS;
  if (cluster === undefined) return PINNED_SETTINGS;
  return { ...PINNED_SETTINGS, ...CLUSTER_SETTINGS, ...(cluster.isReplicated && REPLICATED_SETTINGS) };
}

const PACKED = { request: { codec: 'zstd', level: 1 } } as const;

function connect(
  { url, username, database }: CallSite,
  password: string,
  settings: CallSettings,
  compression: Partial<typeof PACKED> = {},
): ClickHouseClient {
  return createClient({
    url,
    username,
    password,
    database,
    application: 'updraft',
    request_timeout: BACKSTOP_MS,
    max_open_connections: MAX_CONNECTIONS,
    keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_MS, eagerly_destroy_stale_sockets: true },
    compression: isLoopback(url) ? {} : { ...compression, response: { codec: 'zstd' } },
    // Long lists go in the body: servers refuse URLs of more than some KiB.
    use_multipart_params_auto: true,
    clickhouse_settings: settings,
    // Errors come as exceptions; whoever handles them logs them, once.
    log: { level: ClickHouseLogLevel.OFF },
  });
}

/** Runs calls under their deadline; what they throw becomes the store's error, and a caller who stops a call gets its own reason back. */
function caller(site: CallSite) {
  return async <T>(
    options: CallOptions = {},
    defaultMs: number,
    run: (settings: CallSettings, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
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
  };
}

async function* streamRows<T>(
  client: ClickHouseClient,
  site: CallSite,
  sql: string,
  params: QueryParams | undefined,
  options: CallOptions = {},
): AsyncGenerator<readonly T[]> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  using deadline = startDeadline(timeoutMs, options.signal);
  const span = startCallSpan(site, { sql });
  let failed: unknown;
  try {
    const settings = { ...timeLimit(timeoutMs), ...options.settings };
    yield* readRows<T>(client, { sql, params, lists: options.lists, settings, signal: deadline.signal });
  } catch (error) {
    failed = failure(error, deadline, site);
    throw failed;
  } finally {
    if (span !== undefined) endSpan(span, failed);
  }
}

async function insert(
  client: ClickHouseClient,
  table: string,
  chunks: readonly Uint8Array[],
  settings: CallSettings,
  signal: AbortSignal,
) {
  const { stream, summary } = await client.exec({
    query: `INSERT INTO ${quoteName(table)} FORMAT RowBinaryWithNamesAndTypes`,
    values: Readable.from(chunks, { objectMode: false }),
    clickhouse_settings: { ...INSERT_SETTINGS, ...settings },
    abort_signal: signal,
    http_headers: traceHeaders(),
  });
  await finished(stream.resume(), { signal });
  return { writtenRows: Number(summary?.written_rows ?? 0) };
}

function failure(error: unknown, deadline: Deadline, site: CallSite): unknown {
  return deadline.signal.aborted ? deadline.signal.reason : translateError(error, site);
}
