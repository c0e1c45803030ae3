import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse as Engine, type RedisServer, startClickHouse, startRedis } from '@updraft/local';
import { type ClickHouse, createClickHouse } from '@updraft/store';
import { createMigratedDatabase } from '../migrated-database.ts';
import { selectRows } from '../select-rows.ts';
import { startWatched } from '../watched-server.ts';

export { expectCleanEnd, type Program, startProgram, until } from './program.ts';

/** ClickHouse and Redis of one test file, and databases in them. */
export interface Stack {
  readonly directory: string;
  readonly redis: () => RedisServer;
  readonly engine: () => Engine;
  /** Kills it and starts it again at the same port, on the same data; `meanwhile` runs while it is away. */
  restartEngine(signal: NodeJS.Signals, meanwhile?: () => Promise<void>): Promise<void>;
  restartRedis(signal: NodeJS.Signals, meanwhile?: () => Promise<void>): Promise<void>;
  /** A database with the tables and a prefix of its own. */
  createStore(name: string): Promise<Store>;
  close(): Promise<void>;
}

/** Rows by table. */
export type Tables = Readonly<Record<string, readonly unknown[]>>;

export interface Store {
  readonly clickhouse: ClickHouse;
  /** What a process needs to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** All rows of all tables as they count, without the times of writing, and without the text of rejected frames, which hosts number. */
  tables(): Promise<Tables>;
  count(table: string, where?: string): Promise<number>;
}

export async function startStack(): Promise<Stack> {
  const directory = await mkdtemp(join(tmpdir(), 'updraft-indexer-'));
  const start = { clickhouse: join(directory, 'clickhouse'), redis: join(directory, 'redis') };
  const startEngine = (port?: number) =>
    startWatched('ClickHouse', (onLine) => startClickHouse({ dataDir: start.clickhouse, port, onLine }));
  const startQueues = (port?: number) =>
    startWatched('Redis', (onLine) => startRedis({ env: process.env, dataDir: start.redis, port, onLine }));
  let [engine, redis] = await Promise.all([startEngine(), startQueues()]);
  const clients: ClickHouse[] = [];
  return {
    directory,
    engine: () => engine,
    redis: () => redis,
    restartEngine: async (signal, meanwhile) => {
      await engine.kill(signal);
      await meanwhile?.();
      engine = await startEngine(engine.port);
    },
    restartRedis: async (signal, meanwhile) => {
      await redis.kill(signal);
      await meanwhile?.();
      redis = await startQueues(redis.port);
    },
    createStore: async (name) => {
      const connection = { address: engine.url, ...engine.logins.migrations, database: name };
      await createMigratedDatabase(connection);
      const clickhouse = createClickHouse(connection);
      clients.push(clickhouse);
      const env = {
        ...loginOf(engine),
        CLICKHOUSE_DATABASE: name,
        REDIS_ADDRESS: redis.address,
        REDIS_PREFIX: name,
        METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
        ASK_ACCOUNT_SERVERS: 'false',
        LABELERS: 'none',
      };
      return storeOf(clickhouse, env);
    },
    close: async () => {
      for (const client of clients) await client.close();
      await engine.kill('SIGKILL');
      await redis.kill('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function storeOf(clickhouse: ClickHouse, env: Readonly<Record<string, string>>): Store {
  return {
    clickhouse,
    env,
    tables: () => readTables(clickhouse),
    count: (table, where) => count(clickhouse, table, where),
  };
}

/** What a service needs to use this ClickHouse. */
export function loginOf({ url, logins }: Engine): Record<string, string> {
  const { username, password } = logins.apps;
  return { CLICKHOUSE_ADDRESS: url, CLICKHOUSE_USERNAME: username, CLICKHOUSE_PASSWORD: password };
}

const TABLES: Readonly<Record<string, string>> = {
  repo_records: 'collection, repo, rkey',
  record_ops: 'rev_hour, collection, operation, op_key',
  posts: 'did, rkey',
  likes: 'actor_did, rkey',
  reposts: 'actor_did, rkey',
  follows: 'actor_did, rkey',
  blocks: 'actor_did, rkey',
  profiles: 'actor_did',
  actor_handles: 'did',
  actor_status: 'did, is_deletion',
  repo_syncs: 'did',
  rejected_events: 'event_hash',
  ingest_gaps: 'gap_id',
};

const VARYING: Readonly<Record<string, string>> = {
  actor_status: 'ingest_at',
  repo_syncs: 'ingest_at',
  ingest_gaps: 'ingest_at',
  rejected_events: 'ingest_at, event, event_bytes',
};

async function readTables(clickhouse: ClickHouse): Promise<Tables> {
  const tables: Record<string, unknown[]> = {};
  for (const [table, order] of Object.entries(TABLES)) {
    const columns = VARYING[table] === undefined ? '*' : `* EXCEPT (${VARYING[table]})`;
    tables[table] = await selectRows(clickhouse, `SELECT ${columns} FROM ${table} FINAL ORDER BY ${order}`);
  }
  return tables;
}

/** What one has and the other has not, a line for each row. */
export function differences(found: Tables, expected: Tables = {}): string[] {
  return Object.keys(TABLES).flatMap((table) => {
    const [have, want] = [found, expected].map((tables) => new Set(tables[table]?.map((row) => JSON.stringify(row))));
    const only = (which: string, rows: Set<string> | undefined, others: Set<string> | undefined) =>
      [...(rows?.difference(others ?? new Set()) ?? [])].map((row) => `${which} in ${table}: ${row}`);
    return [...only('too much', have, want), ...only('missing', want, have)];
  });
}

async function count(clickhouse: ClickHouse, table: string, where = '1'): Promise<number> {
  const [row] = await selectRows<{ rows: string }>(
    clickhouse,
    `SELECT count() AS rows FROM ${table} FINAL WHERE ${where}`,
  );
  return Number(row?.rows);
}
