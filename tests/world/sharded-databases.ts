import { join } from 'node:path';
import { environmentOf, startEngines } from '../cluster/engines.ts';
import { createShardedDatabase } from '../cluster/sharded-database.ts';
import { DATABASE, type Databases } from './databases.ts';
import { startRedisDatabase } from './redis.ts';
import { readAll } from './table-reader.ts';

/** The same of several servers that are one cluster. `clickhouse.kill()` takes one of them, the next one each time. */
export async function startShardedDatabases(folder: string, shards: number): Promise<Databases> {
  const engines = await startEngines(shards, { database: DATABASE, folder });
  const redis = await startRedisDatabase(join(folder, 'redis'));
  const { connection, user } = engines;
  await createShardedDatabase(connection);
  const [url = '', ...others] = engines.urls.map(
    (text) => Object.assign(new URL(text), { username: user.name, password: user.password }).href,
  );
  let victim = -1;
  return {
    ...redis,
    clickhouse: {
      url,
      connection,
      env: environmentOf(connection),
      pid: 0,
      kill: () => {
        victim = (victim + 1) % shards;
        return engines.kill(victim);
      },
      revive: () => engines.revive(victim),
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
