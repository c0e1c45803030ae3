import { join } from 'node:path';
import { startClickHouse, startRedis } from '@updraft/local';
import { type ClickHouseOptions, migrateUp } from '@updraft/store';
import { Redis } from 'ioredis';

/** ClickHouse and Redis of their own in a folder, which can be killed and come back with what they had acknowledged. */
export interface Databases extends AsyncDisposable {
  readonly clickhouse: Killable & Reachable & { readonly pid: number };
  readonly redis: Killable & { readonly address: string };
  /** Empties Redis. */
  flushRedis(): Promise<void>;
  /** The value of a key in Redis. */
  readRedis(key: string): Promise<string | null>;
}

export interface Reachable {
  /** With the login of the migrations in it, for `readAll`. */
  readonly url: string;
  /** For whoever changes tables. */
  readonly connection: ClickHouseOptions;
  /** CLICKHOUSE_ADDRESS and the rest, for a service. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Killable {
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and the same data. */
  revive(): Promise<void>;
}

export const DATABASE = 'atproto';

/** Starts both in `folder` and applies all migrations. */
export async function startDatabases(folder: string): Promise<Databases> {
  const clickhouseFolder = join(folder, 'clickhouse');
  const redisFolder = join(folder, 'redis');
  const quiet = { onLine: () => {} };
  let clickhouse = await startClickHouse({ dataDir: clickhouseFolder, ...quiet });
  let redis = await startRedis({ dataDir: redisFolder });
  const [clickhousePort, redisPort] = [clickhouse.port, redis.port];
  const { address } = redis;
  const { url, logins } = clickhouse;
  const connection = { address: url, ...logins.migrations, database: DATABASE };
  await migrateUp({ connection, log: SILENT });
  const withRedis = async <T>(work: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(redisPort, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: 1 });
    client.on('error', () => {});
    try {
      await client.connect();
      return await work(client);
    } finally {
      client.disconnect();
    }
  };
  return {
    clickhouse: {
      url: Object.assign(new URL(url), logins.migrations).href,
      connection,
      env: {
        CLICKHOUSE_ADDRESS: url,
        CLICKHOUSE_USERNAME: logins.apps.username,
        CLICKHOUSE_PASSWORD: logins.apps.password,
        CLICKHOUSE_DATABASE: DATABASE,
      },
      get pid() {
        return clickhouse.pid;
      },
      kill: async () => void (await clickhouse.kill('SIGKILL')),
      revive: async () => {
        clickhouse = await startClickHouse({ dataDir: clickhouseFolder, port: clickhousePort, ...quiet });
      },
    },
    redis: {
      address,
      kill: () => redis.kill('SIGKILL'),
      revive: async () => {
        redis = await startRedis({ dataDir: redisFolder, port: redisPort });
      },
    },
    flushRedis: () => withRedis(async (client) => void (await client.flushall())),
    readRedis: (key) => withRedis((client) => client.get(key)),
    async [Symbol.asyncDispose]() {
      await Promise.all([clickhouse.kill('SIGKILL'), redis.kill('SIGKILL')]);
    },
  };
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
