import type { CallOptions, ClickHouse, Redis } from '@updraft/store';

const CLICKHOUSE_MS = 3_000;
const REDIS_MS = 1_000;

/** The same client, whose calls end after 3 s, however long they may take in operation: for servers that do not answer. */
export function hurriedClickHouse(clickhouse: ClickHouse): ClickHouse {
  const hurry = (options: CallOptions = {}): CallOptions => ({
    ...options,
    timeoutMs: Math.min(CLICKHOUSE_MS, options.timeoutMs ?? CLICKHOUSE_MS),
  });
  return {
    ...clickhouse,
    query: (sql, shape, params, options) => clickhouse.query(sql, shape, params, hurry(options)),
    stream: (sql, shape, params, options) => clickhouse.stream(sql, shape, params, hurry(options)),
    streamBytes: (sql, params, options) => clickhouse.streamBytes(sql, params, hurry(options)),
    command: (sql, params, options) => clickhouse.command(sql, params, hurry(options)),
    queryEachServer: (sql, shape, params, options) => clickhouse.queryEachServer(sql, shape, params, hurry(options)),
    insertBytes: (table, header, body, options) => clickhouse.insertBytes(table, header, body, hurry(options)),
    ping: (options) => clickhouse.ping(hurry(options)),
  };
}

/** Likewise, after 1 s. */
export function hurryRedis(redis: Redis): Redis {
  return Object.assign(redis, {
    options: { ...redis.options, connectTimeout: REDIS_MS, commandTimeout: REDIS_MS, socketTimeout: 2 * REDIS_MS },
  });
}
