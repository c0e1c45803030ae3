import type { CallOptions, ClickHouse } from './types.ts';

/**
 * The same client with default options for its calls; a call ends at its own signal or at this one. A ping has no defaults: it asks
 * whether the server is there.
 */
export function withCallOptions(clickhouse: ClickHouse, preset: CallOptions): ClickHouse {
  const settle = (options: CallOptions = {}): CallOptions => {
    const signals = [preset.signal, options.signal].filter((signal) => signal !== undefined);
    return {
      ...preset,
      ...options,
      settings: { ...preset.settings, ...options.settings },
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
    };
  };
  return {
    ...clickhouse,
    query: (sql, shape, params, options) => clickhouse.query(sql, shape, params, settle(options)),
    stream: (sql, shape, params, options) => clickhouse.stream(sql, shape, params, settle(options)),
    streamBytes: (sql, params, options) => clickhouse.streamBytes(sql, params, settle(options)),
    command: (sql, params, options) => clickhouse.command(sql, params, settle(options)),
    queryEachServer: (sql, shape, params, options) => clickhouse.queryEachServer(sql, shape, params, settle(options)),
    insertBytes: (table, header, body, options) => clickhouse.insertBytes(table, header, body, settle(options)),
  };
}
