import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse } from '@updraft/local';
import { createClickHouse, migrateUp } from '@updraft/store';
import { expect, test } from 'vitest';
import { hostileOperations } from './migrate/hostile-operations.ts';
import { createOldDatabase, shown, writeOldRows } from './migrate/old-store.ts';
import { quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';

test('a copy for which the disk has no room is refused before it begins, and goes on when there is (needs the right to mount)', async ({
  skip,
}) => {
  const directory = await mkdtemp(join(tmpdir(), 'updraft-room-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(directory, { recursive: true }));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', directory]).status !== 0)
    skip('tmpfs can not be mounted here');
  cleanup.defer(() => void spawnSync('umount', ['-l', directory]));
  const engine = await startClickHouse({ dataDir: join(directory, 'clickhouse'), onLine: () => {} });
  cleanup.defer(() => engine.kill('SIGKILL').then(() => {}));
  const connection = { address: engine.url, ...engine.logins.migrations, database: 'room' };
  await createOldDatabase(connection);
  const clickhouse = createClickHouse(connection);
  cleanup.defer(() => clickhouse.close());
  await writeOldRows(
    clickhouse,
    hostileOperations(200).filter(({ collection }) => collection !== 'app.bsky.feed.post'),
  );
  // random text, which no codec makes smaller
  await clickhouse.command(
    `INSERT INTO repo_records (record_hour, repo, collection, rkey, operation, record_json, version)
     SELECT 0, 'did:plc:x', 'com.example.big', toString(number), 'create', concat('"', hex(randomString(500)), '"'), number FROM numbers(40000)`,
  );
  const before = await shown(connection);
  const { bavail, bsize } = await statfs(directory);
  const ballast = join(directory, 'ballast');
  await writeFile(ballast, Buffer.alloc(bavail * bsize - 9e6));

  await expect(migrateUp({ connection, log: quietLog })).rejects.toThrow(
    /copying the records takes \d+ MB of the disk of .+, which has \d+ MB free: make room/,
  );
  expect(await selectRows(clickhouse, 'SELECT count() AS n FROM record_rows')).toEqual([{ n: '0' }]);

  await rm(ballast);
  await migrateUp({ connection, log: quietLog });
  expect(await shown(connection)).toEqual(before);
});
