import { startRedis } from '@updraft/local';
import { Redis } from 'ioredis';
import { startWatched } from '../watched-server.ts';
import type { Databases } from './databases.ts';

/** A Redis of its own in a folder: what of Databases is of it. */
export async function startRedisDatabase(
  folder: string,
): Promise<Pick<Databases, 'redis' | 'flushRedis' | 'readRedis'> & { kill(): Promise<void> }> {
  const start = (port?: number) =>
    startWatched('Redis', (onLine) => startRedis({ env: process.env, dataDir: folder, port, onLine }));
  let redis = await start();
  const { address, port } = redis;
  const withRedis = async <T>(work: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(port, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: 1, commandTimeout: 10_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return await work(client);
    } finally {
      client.disconnect();
    }
  };
  return {
    redis: {
      address,
      kill: () => redis.kill('SIGKILL'),
      revive: async () => {
        redis = await start(port);
      },
    },
    flushRedis: () => withRedis(async (client) => void (await client.flushall())),
    readRedis: (key) => withRedis((client) => client.get(key)),
    kill: () => redis.kill('SIGKILL'),
  };
}
