import { join } from 'node:path';
import { startClickHouse } from '@updraft/local';
import { migrateUp } from '@updraft/store';
import { startRedisDatabase } from './redis.ts';
import { readAll } from './table-reader.ts';

/** ClickHouse and Redis of their own in a folder, which can be killed and come back with what they had acknowledged. */
export interface Databases extends AsyncDisposable {
  readonly clickhouse: Killable & { readonly address: string; readonly url: string; readonly pid: number };
  readonly redis: Killable & { readonly address: string };
  /** Empties Redis. */
  flushRedis(): Promise<void>;
  /** The value of a key in Redis. */
  readRedis(key: string): Promise<string | null>;
  /** What a service needs to use ClickHouse. */
  readonly env: Readonly<Record<string, string>>;
  /** Empties `ingest_progress`. */
  forgetProgress(): Promise<void>;
  /** How often a server ended by a fault of its own, and was started again. */
  aborts(): number;
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
  const quiet = { onLine: () => {} };
  let clickhouse = await startClickHouse({ dataDir: clickhouseFolder, ...quiet });
  const redis = await startRedisDatabase(join(folder, 'redis'));
  const clickhousePort = clickhouse.port;
  const { url } = clickhouse;
  await migrateUp({ connection: { address: url, username: 'default', password: '', database: DATABASE }, log: SILENT });
  return {
    ...redis,
    clickhouse: {
      url,
      address: `127.0.0.1:${clickhousePort}`,
      get pid() {
        return clickhouse.pid;
      },
      kill: async () => void (await clickhouse.kill('SIGKILL')),
      revive: async () => {
        clickhouse = await startClickHouse({ dataDir: clickhouseFolder, port: clickhousePort, ...quiet });
      },
    },
    env: { CLICKHOUSE_ADDRESS: `127.0.0.1:${clickhousePort}` },
    forgetProgress: async () => void (await readAll(url, `TRUNCATE TABLE ${DATABASE}.ingest_progress`)),
    aborts: () => 0,
    async [Symbol.asyncDispose]() {
      await Promise.all([clickhouse.kill('SIGKILL'), redis.kill()]);
    },
  };
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
