import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@updraft/local';
import { type ClickHouse, type ClickHouseOptions, createClickHouse } from '@updraft/store';
import { type Store, storeOf } from '../indexer/stack.ts';
import { createMigratedDatabase } from '../migrated-database.ts';
import { type Engines, environmentOf, startEngines } from './engines.ts';
import { createShardedDatabase } from './sharded-database.ts';

/** Two servers: a cluster, and on the first of them databases that are its alone. */
export interface Places extends AsyncDisposable {
  readonly engines: Engines;
  readonly directory: string;
  /** A database with the tables, on one server or over both, and a prefix of its own in Redis; `make` makes them. */
  createStore(name: string, kind: 'one server' | 'two shards', make?: MakeDatabase): Promise<Store>;
}

type MakeDatabase = (connection: ClickHouseOptions) => Promise<unknown>;

export async function startPlaces(): Promise<Places> {
  const directory = await mkdtemp(join(tmpdir(), 'updraft-places-'));
  const engines = await startEngines(2, { folder: directory });
  const redis = await startRedis({ env: process.env, dataDir: join(directory, 'redis') });
  const clients: ClickHouse[] = [];
  return {
    engines,
    directory,
    createStore: async (name, kind, make = kind === 'one server' ? createMigratedDatabase : createShardedDatabase) => {
      const { cluster, ...alone } = { ...engines.connection, database: name };
      const connection: ClickHouseOptions = kind === 'one server' ? alone : { ...alone, cluster };
      await make(connection);
      const clickhouse = createClickHouse(connection);
      clients.push(clickhouse);
      return storeOf(clickhouse, {
        ...environmentOf(connection),
        REDIS_ADDRESS: redis.address,
        REDIS_PREFIX: name,
        METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
      });
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.close();
      await engines[Symbol.asyncDispose]();
      await redis.kill('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
