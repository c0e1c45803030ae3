import { join } from 'node:path';
import { migrateUp } from '@updraft/store';
import { startEngines } from '../cluster/engines.ts';
import { DATABASE, type Databases } from './databases.ts';
import { startRedisDatabase } from './redis.ts';
import { readAll } from './table-reader.ts';

/** The same of several servers that are one cluster. `clickhouse.kill()` takes one of them, the next one each time. */
export async function startShardedDatabases(folder: string, shards: number): Promise<Databases> {
  const engines = await startEngines(shards, { database: DATABASE, folder });
  const redis = await startRedisDatabase(join(folder, 'redis'));
  const { connection, user } = engines;
  await migrateUp({ connection, log: SILENT });
  const [url = '', ...others] = engines.urls.map((text) => {
    const withUser = new URL(text);
    withUser.username = user.name;
    withUser.password = user.password;
    return withUser.href.replace(/\/$/, '');
  });
  let victim = -1;
  return {
    ...redis,
    clickhouse: {
      url,
      address: connection.address,
      pid: 0,
      kill: () => {
        victim = (victim + 1) % shards;
        return engines.kill(victim);
      },
      revive: () => engines.revive(victim),
    },
    env: {
      CLICKHOUSE_ADDRESS: connection.address,
      CLICKHOUSE_USERNAME: user.name,
      CLICKHOUSE_PASSWORD: user.password,
      CLICKHOUSE_CLUSTER: connection.cluster?.name ?? '',
      CLICKHOUSE_SHARDS: engines.urls.join(','),
    },
    forgetProgress: async () => {
      for (const server of [url, ...others]) await readAll(server, `TRUNCATE TABLE ${DATABASE}_rows.ingest_progress`);
    },
    aborts: engines.aborts,
    async [Symbol.asyncDispose]() {
      await Promise.all([engines[Symbol.asyncDispose](), redis.kill()]);
    },
  };
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
