import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPlayServer } from '@updraft/simulator';
import { createRedis } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { likes } from './indexer/events.ts';
import { expectCleanEnd, type Stack, type Store, startProgram, startStack, until } from './indexer/stack.ts';

/** As docs/operations.md says it. */
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

/** Indexes what the host has, and stops. */
async function index(store: Store, events: readonly string[]): Promise<void> {
  const server = await startPlayServer({ lines: events, attachCursor: true });
  const indexer = startProgram('apps/indexer/src/main.ts', [], {
    ...store.env,
    WS_URL: server.url,
    SINCE: '2020-01-01T00:00:00Z',
  });
  await until(async () => (await store.count('likes')) === events.length);
  indexer.child.kill('SIGTERM');
  await expectCleanEnd(indexer);
  await server.close();
}

describe('invariant 1: a back-up that is older than the other database', () => {
  test('of ClickHouse is caught up from its own cursor, whatever Redis says', async () => {
    const store = await stack.createStore('older_clickhouse');
    const [data, backup] = [join(stack.directory, 'clickhouse'), join(stack.directory, 'backup')];
    await index(store, likes(0, 500));
    await stack.restartEngine('SIGTERM', async () => {
      await copy(data, backup);
    });
    await index(store, likes(0, 1_500));
    await stack.restartEngine('SIGTERM', async () => {
      await rm(data, { recursive: true });
      await copy(backup, data);
    });
    expect(await store.count('likes')).toBe(500);
    await index(store, likes(0, 1_600));
    expect(await store.count('repo_records')).toBe(1_600);
    expect(await store.count('ingest_gaps')).toBe(0);
  });

  test('of Redis makes the indexer read a stretch again, which changes nothing; so does one that was lost', async () => {
    const store = await stack.createStore('older_redis');
    const redis = createRedis({ address: stack.redis().address });
    await index(store, likes(0, 500));
    const older = await redis.get('older_redis:progress');
    expect(older).not.toBeNull();
    await index(store, likes(0, 1_500));
    await redis.set('older_redis:progress', older ?? '');
    await index(store, likes(0, 1_600));
    await redis.del('older_redis:progress');
    await index(store, likes(0, 1_700));
    redis.disconnect();
    expect(await store.count('repo_records')).toBe(1_700);
    expect(await store.count('record_ops')).toBe(1_700);
    expect(await store.count('ingest_gaps')).toBe(0);
  });
});
