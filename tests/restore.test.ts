import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPlayServer } from '@updraft/simulator';
import { createRedis, type Redis } from '@updraft/store';
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
  let store: Store;
  let backup: string;
  let older: string | null;
  const data = () => join(stack.directory, 'clickhouse');

  /** Both are backed up when 100 events are there; then come more. */
  beforeAll(async () => {
    store = await stack.createStore('restored');
    backup = join(stack.directory, 'backup');
    await index(store, likes(0, 100));
    older = await redis((client) => client.get('restored:progress'));
    await stack.restartEngine('SIGTERM', async () => {
      await copy(data(), backup);
    });
    await index(store, likes(0, 300));
  });

  async function redis<T>(use: (client: Redis) => Promise<T>): Promise<T> {
    const client = createRedis({ address: stack.redis().address });
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  }

  test('of Redis makes the indexer read a stretch again, which changes nothing; so does one that was lost', async () => {
    expect(older).not.toBeNull();
    await redis((client) => client.set('restored:progress', older ?? ''));
    await index(store, likes(0, 320));
    await redis((client) => client.del('restored:progress'));
    await index(store, likes(0, 340));
    expect(await store.count('repo_records')).toBe(340);
    expect(await store.count('record_ops')).toBe(340);
    expect(await store.count('ingest_gaps')).toBe(0);
  });

  test('of ClickHouse is caught up from its own cursor, whatever Redis says', async () => {
    await stack.restartEngine('SIGKILL', async () => {
      await rm(data(), { recursive: true });
      await copy(backup, data());
    });
    expect(await store.count('likes')).toBe(100);
    await index(store, likes(0, 360));
    expect(await store.count('repo_records')).toBe(360);
    expect(await store.count('ingest_gaps')).toBe(0);
  });
});
