import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, statfs, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse, startRedis } from '@updraft/local';
import { startPlayServer } from '@updraft/simulator';
import { createClickHouse, migrateUp } from '@updraft/store';
import { expect, test } from 'vitest';
import { likes } from './indexer/events.ts';
import { expectCleanEnd, loginOf, startProgram, until } from './indexer/stack.ts';
import { quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';

test('a full disk holds the cursor and loses nothing, and the rows follow when there is room (needs the right to mount)', async ({
  skip,
}) => {
  const directory = await mkdtemp(join(tmpdir(), 'updraft-disk-'));
  const canMount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128m', 'tmpfs', directory]).status === 0;
  if (!canMount) {
    await rm(directory, { recursive: true });
    skip('tmpfs can not be mounted here');
  }
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(async () => {
    spawnSync('umount', ['-l', directory]);
    await rm(directory, { recursive: true });
  });
  const engine = await startClickHouse({ dataDir: join(directory, 'clickhouse'), onLine: () => {} });
  cleanup.defer(() => engine.kill('SIGKILL').then(() => {}));
  const redisDirectory = await mkdtemp(join(tmpdir(), 'updraft-disk-redis-'));
  const redis = await startRedis({ env: process.env, dataDir: redisDirectory });
  cleanup.defer(async () => {
    await redis.kill('SIGKILL');
    await rm(redisDirectory, { recursive: true });
  });
  const connection = { address: engine.url, ...engine.logins.migrations, database: 'full' };
  await migrateUp({ connection, log: quietLog });
  const clickhouse = createClickHouse(connection);
  cleanup.defer(() => clickhouse.close());
  const count = async (table: string) =>
    Number((await selectRows<{ n: string }>(clickhouse, `SELECT count() AS n FROM ${table} FINAL`))[0]?.n);

  const ballast = join(directory, 'ballast');
  await fill(directory, ballast);
  const events = likes(0, 3_000);
  const server = await startPlayServer({ lines: events, attachCursor: true });
  cleanup.defer(() => server.close());
  const indexer = startProgram('apps/indexer/src/main.ts', [], {
    ...loginOf(engine),
    CLICKHOUSE_DATABASE: 'full',
    REDIS_ADDRESS: redis.address,
    REDIS_PREFIX: 'full',
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
    WS_URL: server.url,
    LABELERS: 'none',
    SINCE: '2020-01-01T00:00:00Z',
  });
  cleanup.defer(() => {
    indexer.child.kill('SIGKILL');
  });
  await until(async () => (await indexer.metric('updraft_indexer_write_retries_total')) > 3);
  expect(indexer.output()).toMatch(/space/i);
  expect(await count('ingest_progress')).toBe(0);
  expect(await indexer.metric('updraft_indexer_rejected_total')).toBe(0);

  await unlink(ballast);
  await until(async () => (await count('likes')) === events.length);
  indexer.child.kill('SIGTERM');
  await expectCleanEnd(indexer);
  expect(await count('repo_records')).toBe(events.length);
  expect(await count('ingest_progress')).toBe(1);
  expect(await count('rejected_events')).toBe(0);
});

/** Takes what room there is, down to the last block. */
async function fill(directory: string, path: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  await writeFile(path, Buffer.alloc(bavail * bsize - 64 * 1024));
  await writeFile(`${path}.rest`, Buffer.alloc(64 * 1024)).catch(() => {}); // full is what is wanted
}
