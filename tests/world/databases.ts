import { join } from 'node:path';
import { type ClickHouse, startClickHouse } from '@updraft/local';
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

/** Of what a server wrote before it ended by itself. */
const MAX_LINES = 50;

/** Starts both in `folder` and applies all migrations, or what `migrate` does instead. */
export async function startDatabases(
  folder: string,
  migrate: (clickhouse: Pick<Reachable, 'connection' | 'env'>) => Promise<unknown> = ({ connection }) =>
    createMigratedDatabase(connection),
): Promise<Databases> {
  const clickhouse = await keepClickHouse(join(folder, 'clickhouse'));
  const redis = await startRedisDatabase(join(folder, 'redis'));
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
        return clickhouse.pid();
      },
      kill: clickhouse.kill,
      revive: clickhouse.revive,
    },
    forgetProgress: async () => void (await readAll(address, `TRUNCATE TABLE ${DATABASE}.ingest_progress`)),
    aborts: clickhouse.aborts,
    async [Symbol.asyncDispose]() {
      await Promise.all([clickhouse.kill(), redis.kill()]);
    },
  };
}

/** One server, which is started again when it ends by a fault of its own, as `npm start` does. */
async function keepClickHouse(dataDir: string) {
  let aborts = 0;
  let isKilled = false;
  const start = async (port?: number): Promise<ClickHouse> => {
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.splice(0, Math.max(0, lines.push(line) - MAX_LINES));
    const started = await startClickHouse({ dataDir, port, onLine });
    void started.exited.then((exit) => {
      if (isKilled) return;
      aborts += 1;
      console.error('ClickHouse ended by itself, and is started again:', exit, lines.join('\n'));
      running = start(started.port);
      running.catch(() => {}); // whoever needs it next hears of it
    });
    return started;
  };
  let running = start();
  const { url, port, logins } = await running;
  let pid = (await running).pid;
  return {
    url,
    logins,
    pid: () => pid,
    aborts: () => aborts,
    kill: async () => {
      isKilled = true;
      await (await running).kill('SIGKILL');
    },
    revive: async () => {
      isKilled = false;
      running = start(port);
      pid = (await running).pid;
    },
  };
}
