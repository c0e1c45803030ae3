import { join } from 'node:path';
import { startClickHouse } from '@updraft/local';
import type { ClickHouseOptions } from '@updraft/store';
import { createMigratedDatabase } from '../migrated-database.ts';
import { startRedisDatabase } from './redis.ts';
import { readAll } from './table-reader.ts';

/** ClickHouse and Redis of their own in a folder, which can be killed and come back with what they had acknowledged. */
export interface Databases extends AsyncDisposable {
  readonly clickhouse: Killable & Reachable & { readonly pid: number };
  readonly redis: Killable & { readonly address: string };
  /** Empties Redis. */
  flushRedis(): Promise<void>;
  /** The value of a key in Redis. */
  readRedis(key: string): Promise<string | null>;
  /** Empties `ingest_progress`. */
  forgetProgress(): Promise<void>;
  /** How often a server ended by a fault of its own, and was started again. */
  aborts(): number;
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

/** Starts both in `folder` and applies all migrations, or what `migrate` does instead. */
export async function startDatabases(
  folder: string,
  migrate: (clickhouse: Pick<Reachable, 'connection' | 'env'>) => Promise<unknown> = ({ connection }) =>
    createMigratedDatabase(connection),
): Promise<Databases> {
  const clickhouseFolder = join(folder, 'clickhouse');
  const quiet = { onLine: () => {} };
  let clickhouse = await startClickHouse({ dataDir: clickhouseFolder, ...quiet });
  const redis = await startRedisDatabase(join(folder, 'redis'));
  const clickhousePort = clickhouse.port;
  const { url, logins } = clickhouse;
  const connection = { address: url, ...logins.migrations, database: DATABASE };
  const env = {
    CLICKHOUSE_ADDRESS: url,
    CLICKHOUSE_USERNAME: logins.apps.username,
    CLICKHOUSE_PASSWORD: logins.apps.password,
    CLICKHOUSE_DATABASE: DATABASE,
  };
  await migrate({
    connection,
    env: { ...env, CLICKHOUSE_USERNAME: logins.migrations.username, CLICKHOUSE_PASSWORD: logins.migrations.password },
  });
  const address = Object.assign(new URL(url), logins.migrations).href;
  return {
    ...redis,
    clickhouse: {
      url: Object.assign(new URL(url), logins.migrations).href,
      connection,
      env,
      get pid() {
        return clickhouse.pid;
      },
      kill: async () => void (await clickhouse.kill('SIGKILL')),
      revive: async () => {
        clickhouse = await startClickHouse({ dataDir: clickhouseFolder, port: clickhousePort, ...quiet });
      },
    },
    forgetProgress: async () => void (await readAll(address, `TRUNCATE TABLE ${DATABASE}.ingest_progress`)),
    aborts: () => 0,
    async [Symbol.asyncDispose]() {
      await Promise.all([clickhouse.kill('SIGKILL'), redis.kill()]);
    },
  };
}
