import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@updraft/local';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let folder: string;
const started: RedisServer[] = [];

async function start(dataDir: string, port?: number): Promise<RedisServer> {
  const server = await startRedis({ env: process.env, dataDir, port });
  started.push(server);
  return server;
}

async function ask<T>(server: RedisServer, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.port, '127.0.0.1');
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-redis-'));
});

afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe('redis-server', () => {
  test('has after a SIGKILL what it acknowledged before', async () => {
    const dataDir = join(folder, 'killed');
    const first = await start(dataDir);
    await ask(first, (redis) => redis.set('progress', 'here'));
    await first.kill('SIGKILL');
    const second = await start(dataDir);
    expect(await ask(second, (redis) => redis.get('progress'))).toBe('here');
  });

  test('listens on loopback only', async () => {
    const server = await start(join(folder, 'bound'));
    const [, bound] = await ask(server, (redis) => redis.config('GET', 'bind'));
    expect(bound).toBe('127.0.0.1');
  });

  test('names the port that is taken', async () => {
    const server = await start(join(folder, 'holder'));
    await expect(
      startRedis({ env: process.env, dataDir: join(folder, 'late'), port: server.port }),
    ).rejects.toMatchObject({
      name: 'PortInUseError',
      port: server.port,
      wantedBy: 'Redis',
    });
  });

  test('ends when it is stopped', async () => {
    const server = await start(join(folder, 'stopped'));
    await server.stop();
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  test('a program that is not redis-server is a clear error', async () => {
    await expect(startRedis({ env: { REDIS_SERVER: '/bin/false' }, dataDir: join(folder, 'wrong') })).rejects.toThrow(
      /did not start \(exit code 1\)/,
    );
  });
});
