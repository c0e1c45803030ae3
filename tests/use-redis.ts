import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedis, type Redis } from '@updraft/store';
import { afterAll, beforeAll } from 'vitest';
import { startRedisDatabase } from './world/redis.ts';

type Database = Awaited<ReturnType<typeof startRedisDatabase>>;

/** A test file's own Redis, and a client of it: started before its tests, closed after them. */
export function useRedis(): { readonly client: Redis; readonly database: Database } {
  let started: { folder: string; database: Database; client: Redis } | undefined;
  const redis = () => {
    if (started === undefined) throw new Error('Redis starts with the tests');
    return started;
  };
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'updraft-redis-'));
    const database = await startRedisDatabase(folder);
    started = { folder, database, client: createRedis({ address: database.redis.address }) };
  });
  afterAll(async () => {
    if (started === undefined) return;
    started.client.disconnect();
    await started.database.kill();
    await rm(started.folder, { recursive: true, force: true });
  });
  return {
    get client() {
      return redis().client;
    },
    get database() {
      return redis().database;
    },
  };
}
