import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { text as consume } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalClickHouse, startLocalClickHouse } from './local/clickhouse.ts';

let local: LocalClickHouse;

beforeAll(async () => {
  local = await startLocalClickHouse();
});

afterAll(() => local?.[Symbol.asyncDispose]());

describe("ClickHouse's HTTP interface", () => {
  test('answers curl', async () => {
    const netrc = ['--netrc-file', join(local.dataDir, 'netrc')];
    const { stdout } = await promisify(execFile)('curl', ['-sS', ...netrc, `${local.server.url}/?query=SELECT+1%2B1`]);
    expect(stdout).toBe('2\n');
  });

  test('npm run sql ends quietly when its reader has enough, and in one line when the answer breaks off', async () => {
    const { username: CLICKHOUSE_USERNAME, password: CLICKHOUSE_PASSWORD } = local.server.logins.migrations;
    const env = { ...process.env, CLICKHOUSE_ADDRESS: local.server.url, CLICKHOUSE_USERNAME, CLICKHOUSE_PASSWORD };
    const say = (sql: string, reader: string) =>
      promisify(execFile)('sh', ['-c', `"$0" scripts/sql.mjs "$1" | ${reader}`, process.execPath, sql], {
        cwd: join(import.meta.dirname, '..'),
        env: { ...env, CLICKHOUSE_DATABASE: 'default' },
      });
    const sql = 'SELECT number, throwIf(number = 30000000) FROM numbers(40000000) FORMAT TSV';
    expect(await say(sql, 'head -1')).toEqual({ stdout: '0\t0\n', stderr: '' });
    const { stderr } = await say(sql.replaceAll('0000000', '000000'), 'tail -1');
    expect(stderr).toMatch(/^The answer broke off \(\w+\)\.\n$/);
  });

  test('ping says Ok to everybody', async () => {
    expect(await (await fetch(`${local.server.url}/ping`)).text()).toBe('Ok.\n');
  });

  test('a GET may have a body, and nobody waits for it', async () => {
    const get = (path: string, body: string, headers: Record<string, string>) =>
      new Promise<string>((resolve, reject) => {
        const asked = request(`${local.server.url}${path}`, { headers: { ...local.login, ...headers } }, (answer) =>
          resolve(consume(answer)),
        );
        asked.on('error', reject).end(body);
      });
    for (const headers of [{ 'Content-Length': '12' }, { 'Transfer-Encoding': 'chunked' }]) {
      expect(await get('/?query=SELECT+42+FROM', ' system.one ', headers)).toBe('42\n');
      expect(await get('/ping', ' system.one ', headers)).toBe('Ok.\n');
    }
  });

  test('a query may begin in the URL and go on in the body', async () => {
    expect(await local.text('FROM numbers(3)', { query: 'SELECT count()' })).toBe('3');
  });

  test("answers bear ClickHouse's headers", async () => {
    const answer = await local.post('SELECT 1', { query_id: 'mine', default_format: 'JSONCompact' });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-clickhouse-query-id': 'mine',
      'x-clickhouse-format': 'JSONCompact',
      'x-clickhouse-timezone': 'UTC',
      'content-type': 'application/json; charset=UTF-8',
    });
    expect(await answer.json()).toMatchObject({ data: [[1]] });
  });

  test('a GET changes nothing', async () => {
    await local.text('CREATE OR REPLACE TABLE untouched (a Int8) ENGINE = Memory');
    const get = (query: string) =>
      fetch(`${local.server.url}/?${new URLSearchParams({ query }).toString()}`, { headers: local.login });
    for (const sql of ['INSERT INTO untouched VALUES (1)', 'INSERT INTO untouched SELECT 1', 'DROP TABLE untouched']) {
      const answer = await get(sql);
      expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([500, '164']);
      await answer.body?.cancel();
    }
    expect(await (await get('SELECT count() FROM untouched')).text()).toBe('0\n');
  });

  test('with wait_end_of_query an error in the middle is a status', async () => {
    const sql = 'SELECT number, throwIf(number = 2000000) FROM numbers(3000000)';
    expect((await local.post(sql, { wait_end_of_query: '1' })).status).toBe(500);
    const whole = await local.post('SELECT number FROM numbers(1000000)', { wait_end_of_query: '1' });
    expect((await whole.text()).length).toBe(6_888_890);
    expect(whole.headers.get('x-clickhouse-summary')).toContain('"result_rows":"1000000"');
  });

  test('a broken upload inserts nothing', async () => {
    await local.text('CREATE OR REPLACE TABLE uploads (a UInt32) ENGINE = Memory');
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('1\n2\n')),
      pull: () => Promise.reject(new Error('gone')),
    });
    const search = new URLSearchParams({ query: 'INSERT INTO uploads FORMAT TSV' }).toString();
    const sent = fetch(`${local.server.url}/?${search}`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: local.login,
    });
    await expect(sent).rejects.toThrow();
    expect(await local.text('SELECT count() FROM uploads')).toBe('0');
  });
});
