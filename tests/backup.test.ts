import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse } from '@updraft/local';
import { backupStatements, createClickHouse, restoreStatements } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addBackupCommands } from '../apps/admin/src/backup-command.ts';
import { startProgram } from './indexer/stack.ts';
import { createMigratedDatabase } from './migrated-database.ts';
import { runAdmin } from './run-admin.ts';
import { selectRows } from './select-rows.ts';

let dataDir: string;
let engine: Awaited<ReturnType<typeof startClickHouse>>;
const connectionTo = (database: string) => ({ address: engine.url, ...engine.logins.migrations, database });
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'updraft-backup-'));
  engine = await startClickHouse({ dataDir, onLine: () => {} });
});
afterAll(async () => {
  await engine.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

test('a back-up brings back every table, view, index and dictionary, and the cursor that was saved before it', async () => {
  await using cleanup = new AsyncDisposableStack();
  const connection = connectionTo('atproto');
  await createMigratedDatabase(connection);
  const clickhouse = createClickHouse(connection);
  cleanup.defer(() => clickhouse.close());
  for (const sql of [
    "INSERT INTO post_rows (record_hour, did, rkey, tokens, version) SELECT 1, 'did:plc:a', toString(number), ['hello'], 1 FROM numbers(100)",
    "INSERT INTO actor_status (did, is_deletion, active, version) VALUES ('did:plc:a', 0, 0, 7)",
    "INSERT INTO ingest_progress VALUES ('updraft', '{}', 5, 1)",
  ])
    await clickhouse.command(sql);
  const [before] = await selectRows<{ n: string }>(
    clickhouse,
    'SELECT count() AS n FROM system.tables WHERE database = currentDatabase()',
  );
  const maker = createClickHouse({ ...connection, database: 'system' });
  cleanup.defer(() => maker.close());
  const databases = { database: 'atproto', rowsDatabase: 'atproto' };
  const place = (part: string) => `File('monday/${part}')`;
  for (const sql of [
    ...backupStatements(databases, place),
    'DROP DATABASE atproto SYNC',
    ...restoreStatements(databases, place),
  ])
    await maker.command(sql);

  const [after] = await selectRows(
    clickhouse,
    `SELECT
    (SELECT count() FROM system.tables WHERE database = 'atproto') AS tables,
    (SELECT count() FROM post_rows FINAL WHERE hasAllTokens(tokens, ['hello'])) AS found,
    dictGet('atproto.hidden', 'hidden_below', sipHash64('did:plc:a')) AS hidden,
    (SELECT last_seq FROM ingest_progress) AS cursor`,
  );
  expect(after).toEqual({ tables: before?.n, found: '100', hidden: '18446744073709551615', cursor: '5' });
});

test('the commands say where a back-up lies, that a name is taken, that there is none, and that the database is there', async () => {
  const admin = async (...words: string[]) => {
    const { address, username, password, database } = connectionTo('commanded');
    const login = { CLICKHOUSE_ADDRESS: address, CLICKHOUSE_USERNAME: username, CLICKHOUSE_PASSWORD: password };
    const { code, output } = await runAdmin(addBackupCommands, words, { ...login, CLICKHOUSE_DATABASE: database });
    return [code, output] as const;
  };
  const { address, username, password } = connectionTo('commanded');
  const program = startProgram('apps/admin/src/main.ts', ['backup', 'none'], {
    CLICKHOUSE_ADDRESS: address,
    CLICKHOUSE_USERNAME: username,
    CLICKHOUSE_PASSWORD: password,
    CLICKHOUSE_DATABASE: 'commanded',
  });
  expect((await program.exited).code).toBe(1);
  expect(program.output()).toContain("has no database 'commanded': run the migrations");
  await createMigratedDatabase(connectionTo('commanded'));
  const places = ['cursor', 'tables'].map((part) => join(dataDir, `backups/friday-${part}`));
  expect(await admin('backup', 'friday')).toEqual([0, expect.stringContaining(`backed up: ${places.join(' and ')}`)]);
  for (const place of places) await stat(place);
  for (const [command, name, sentence] of [
    ['backup', 'friday', 'there is a back-up friday already'],
    ['restore', 'tuesday', 'there is no back-up tuesday'],
    ['restore', 'friday', 'the database commanded holds rows'],
  ] as const) {
    const [code, said] = await admin(command, name);
    expect([code, said.trim().split('\n').at(-1)]).toEqual([1, expect.stringContaining(sentence)]);
    expect(said).not.toMatch(/code \d|BACKUP|RESTORE|File\(/);
  }
});
