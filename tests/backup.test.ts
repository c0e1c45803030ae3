import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startClickHouse } from '@updraft/local';
import { backupStatements, createClickHouse, migrateUp, restoreStatements } from '@updraft/store';
import { expect, test } from 'vitest';
import { quietLog } from './store-fixture.ts';

/** The engine itself, without its HTTP interface, which lets no client make back-ups. */
const IN_ENGINE = `
  const { Session } = require(require.resolve('chdb', { paths: [process.argv[1]] }));
  const session = new Session(process.argv[2]);
  for (const sql of JSON.parse(process.argv[3])) process.stdout.write(session.query(sql, 'TSV'));
`;
const LOCAL = resolve(import.meta.dirname, '../packages/local');

test('a back-up brings back every table, view, index and dictionary, and the cursor that was saved before it', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'updraft-backup-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(dataDir, { recursive: true, force: true }));
  const engine = await startClickHouse({ dataDir, onLine: () => {} });
  cleanup.defer(() => engine.kill('SIGKILL').then(() => {}));
  const connection = { address: engine.url, username: 'default', password: '', database: 'atproto' };
  await migrateUp({ connection, log: quietLog });
  const clickhouse = createClickHouse(connection);
  cleanup.defer(() => clickhouse.close());
  for (const sql of [
    "INSERT INTO posts (record_hour, did, rkey, tokens, version) SELECT 1, 'did:plc:a', toString(number), ['hello'], 1 FROM numbers(100)",
    "INSERT INTO actor_status (did, is_deletion, active, version) VALUES ('did:plc:a', 0, 0, 7)",
    "INSERT INTO ingest_progress VALUES ('updraft', '{}', 5, 1)",
  ])
    await clickhouse.command(sql);
  const [before] = await clickhouse.query<{ n: string }>(
    'SELECT count() AS n FROM system.tables WHERE database = currentDatabase()',
  );
  await engine.stop();

  const databases = { database: 'atproto', rowsDatabase: 'atproto' };
  const place = (part: string) => `Memory('${part}')`;
  const statements = [
    ...backupStatements(databases, place),
    'DROP DATABASE atproto SYNC',
    ...restoreStatements(databases, place),
    "SELECT 'tables', count() FROM system.tables WHERE database = 'atproto'",
    "SELECT 'found', count() FROM atproto.posts FINAL WHERE hasAllTokens(tokens, ['hello'])",
    "SELECT 'hidden', dictGet('atproto.hidden', 'hidden_below', sipHash64('did:plc:a'))",
    "SELECT 'cursor', last_seq FROM atproto.ingest_progress",
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [
    '-e',
    IN_ENGINE,
    LOCAL,
    dataDir,
    JSON.stringify(statements),
  ]);
  expect(stdout).toContain(`tables\t${before?.n}\n`);
  expect(stdout).toContain('found\t100\n');
  expect(stdout).toContain('hidden\t18446744073709551615\n');
  expect(stdout).toContain('cursor\t5\n');
});
