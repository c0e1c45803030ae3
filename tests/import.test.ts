import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { apiKeyId, hashApiKey } from '@updraft/feeds';
import { createWorld, writeWorldFile } from '@updraft/simulator';
import { createClickHouse, readApiKeys } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addImportCommand } from '../apps/admin/src/import/import-command.ts';
import { account, tid } from './indexer/events.ts';
import { differences, type Stack, type Store, startProgram, startStack } from './indexer/stack.ts';
import { runAdmin } from './run-admin.ts';

const KEY = 'a-key-of-the-original';
const [ALICE, BOB] = [account(1), account(2)];

let stack: Stack;
let original: ReturnType<typeof createClickHouse>;
/** Nothing is copied into it before the last test that has to do with it. */
let store: Store;
beforeAll(async () => {
  stack = await startStack();
  store = await stack.createStore('stopped');
  const connection = { address: stack.engine().url, ...stack.engine().logins.migrations, database: 'system' };
  const maker = createClickHouse(connection);
  await maker.command('CREATE DATABASE original ENGINE = Atomic');
  await maker.close();
  original = createClickHouse({ ...connection, database: 'original' });
  for (const sql of [
    "CREATE TABLE actor_labels (actor_did String, label LowCardinality(String), created_at DateTime('UTC')) ENGINE = MergeTree ORDER BY actor_did",
    'CREATE TABLE api_keys (api_key String, feed_alias String, actor_did String, created_at DateTime64(6)) ENGINE = MergeTree ORDER BY api_key',
    'CREATE TABLE feed_request_analytics (user_did String, feed String, ts DateTime, limit UInt8) ENGINE = MergeTree ORDER BY ts',
    'CREATE TABLE repo_records (repo String, collection String, rkey String, operation String, record_json String, created_at DateTime64(6)) ENGINE = MergeTree ORDER BY repo',
    `INSERT INTO actor_labels VALUES ('${ALICE}', 'mpls', '2025-03-01 12:00:00'), ('nobody', 'mpls', now())`,
    `INSERT INTO api_keys VALUES ('${KEY}', 'mpls', '${BOB}', '2025-01-01 00:00:00'), ('other', 'no-such-feed', '${BOB}', now())`,
    `INSERT INTO feed_request_analytics VALUES ('${ALICE}', 'at://${BOB}/app.bsky.feed.generator/whats-hot', now() - 3600, 30)`,
  ])
    await original.command(sql);
});
afterAll(async () => {
  await original.close();
  await stack.close();
});

const importWords = (...args: string[]) => ['import', '--from', stack.engine().url, '--database', 'original', ...args];
const importEnv = (into: Pick<Store, 'env'>) => ({
  ...into.env,
  IMPORT_USERNAME: stack.engine().logins.apps.username,
  IMPORT_PASSWORD: stack.engine().logins.apps.password,
});
const runImport = (into: Store, ...args: string[]) => runAdmin(addImportCommand, importWords(...args), importEnv(into));

const COLUMNS = ['--column', 'feed_request_analytics.requestedAt=ts'];

test('what can not be read says which columns are missing and which there are, before anything is copied', async () => {
  const { code, output } = await runImport(store);
  expect(code).toBe(1);
  expect(output).toContain(
    'feed_request_analytics: no column for requestedAt. The table has user_did, feed, ts, limit:',
  );
  expect(await store.count('actor_labels')).toBe(0);
});

test('an import that ClickHouse takes no rows of is ended by SIGTERM, in one sentence', async () => {
  await using full = await refuseInserts(store.env['CLICKHOUSE_ADDRESS'] ?? '');
  const env = { ...importEnv(store), CLICKHOUSE_ADDRESS: full.address };
  const program = startProgram('apps/admin/src/main.ts', importWords(...COLUMNS), env);
  await program.says('a write failed and is tried again');
  program.child.kill('SIGTERM');
  expect(await program.exited).toEqual({ code: 1, signal: null });
  expect(program.output().trim().split('\n').at(-1)).toMatch(/^stopped before all was written\. Run the command again/);
  expect(await store.count('actor_labels')).toBe(0);
  expect(await runImport(store, ...COLUMNS)).toMatchObject({ code: 0 });
  expect(await store.count('actor_labels')).toBe(1);
});

test('labels, keys and analytics are copied once, however often, with no key in clear, and changes made here stay', async () => {
  const copied = await stack.createStore('copied');
  const first = await runImport(copied, ...COLUMNS);
  expect(first).toMatchObject({ code: 0 });
  expect(first.output).toContain('actor_labels: 1 of them left out: rows without a DID');
  expect(first.output).toContain('which the feeds file does not have');
  const [key, ...others] = await readApiKeys(copied.clickhouse);
  expect(others).toEqual([]);
  expect(key).toMatchObject({ keyId: apiKeyId(KEY), keyHash: hashApiKey(KEY), feeds: ['a-mpls'], actorDid: BOB });
  expect(await copied.count('actor_labels', `actor_did = '${ALICE}' AND created_at = '2025-03-01 12:00:00'`)).toBe(1);
  expect(await copied.count('feed_request_analytics', "feed = 'whats-hot' AND page_limit = 30")).toBe(1);

  await copied.clickhouse.command(
    `INSERT INTO actor_labels VALUES ('mpls', '${ALICE}', now(), 'an admin', toUnixTimestamp64Micro(now64(6)), 1)`,
  );
  expect(await runImport(copied, ...COLUMNS, '--restart')).toMatchObject({ code: 0 });
  expect(await copied.count('actor_labels')).toBe(0);
  expect(await copied.count('actor_label_changes')).toBe(2);
  expect(await copied.count('feed_request_analytics')).toBe(1);
  expect((await readApiKeys(copied.clickhouse)).length).toBe(1);
});

test('records come with their typed rows, and whatever the stream says of one wins, before or after', async () => {
  const [imported, streamed] = [await stack.createStore('imported'), await stack.createStore('streamed')];
  const file = join(stack.directory, 'world.jsonl');
  await writeWorldFile(createWorld({ seed: 5, accounts: 40, hostile: 0 }), file, 400);
  const replay = async (into: Store) =>
    startProgram('apps/indexer/src/replay-command.ts', ['--restart', file], into.env).exited;
  await replay(streamed);
  const known = await streamed.tables();
  // The original has every record as it was first seen, deleted ones too, and one that the stream never tells of.
  await original.command(
    `INSERT INTO repo_records SELECT repo, collection, rkey, 'create', if(record_json = '', '{"text":"gone"}', record_json), now64(6)
     FROM streamed.repo_records`,
  );
  const old = { rkey: tid(1_700_000_000_000_000), subject: `at://${ALICE}/app.bsky.feed.post/x` };
  const like = JSON.stringify({ subject: { uri: old.subject }, createdAt: '2023-11-14T22:13:20Z' });
  await original.command(
    `INSERT INTO repo_records VALUES ('${BOB}', 'app.bsky.feed.like', '${old.rkey}', 'create', {like:String}, '2023-11-14 22:13:21')`,
    { like },
  );
  const onlyRecords = [...COLUMNS, '--repo-records'];
  expect(await runImport(streamed, ...onlyRecords)).toMatchObject({ code: 0 });
  expect(await runImport(imported, ...onlyRecords)).toMatchObject({ code: 0 });
  expect(await imported.count('posts')).toBeGreaterThan(25);
  await replay(imported);
  for (const filled of [streamed, imported]) {
    const tables = await filled.tables();
    const found = differences({ ...tables, record_ops: [] }, { ...known, record_ops: [] });
    expect(found.filter((line) => !line.includes(old.rkey))).toEqual([]);
    expect(await filled.count('likes', `rkey = '${old.rkey}' AND subject_uri = '${old.subject}'`)).toBe(1);
  }
  expect(await runImport(imported, ...onlyRecords, '--restart')).toMatchObject({ code: 0 });
  expect(
    differences(await imported.tables(), await streamed.tables()).filter((line) => !line.includes('record_ops')),
  ).toEqual([]);
});

/** Stands before a ClickHouse, and answers INSERTs as one whose disk is full does. */
async function refuseInserts(behind: string) {
  const server = createServer((incoming, answer) => {
    if (incoming.url?.includes('INSERT') === true) {
      incoming.resume();
      answer.writeHead(500, { 'x-clickhouse-exception-code': '243', connection: 'close' });
      answer.end('Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)');
      return;
    }
    const { method, headers, url = '' } = incoming;
    const outgoing = request(new URL(url, behind), { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(answer);
    });
    incoming.pipe(outgoing);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
