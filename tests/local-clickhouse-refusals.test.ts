import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { type ClickHouse, startClickHouse } from '@updraft/local';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let folder: string;
let server: ClickHouse;
let secretFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-refusals-'));
  secretFile = join(folder, 'secret.csv');
  await writeFile(secretFile, '1,topsecret\n');
  const args = ['--concurrent-queries', '2', '--max-wait-ms', '100', '--max-body-mb', '1'];
  server = await startClickHouse({ dataDir: join(folder, 'data'), username: 'me', password: 'pass:word', args });
  await ask('CREATE TABLE m (a Int8, b String) ENGINE = MergeTree ORDER BY a');
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const credentials = { 'X-ClickHouse-User': 'me', 'X-ClickHouse-Key': 'pass:word' };

async function ask(sql: string, search: Record<string, string> = {}) {
  const url = `${server.url}/?${new URLSearchParams(search).toString()}`;
  const answer = await fetch(url, { method: 'POST', body: sql, headers: credentials });
  return { status: answer.status, text: await answer.text() };
}

describe('a web page', () => {
  const page = (headers: Record<string, string>, method = 'POST') =>
    fetch(`${server.url}/${method === 'POST' ? '' : '?query=SELECT+1'}`, {
      method,
      headers: { ...credentials, ...headers },
      ...(method === 'POST' ? { body: 'SELECT 1' } : {}),
    });

  test.each([
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://localhost:3000' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ])('with %j is refused, and gets no CORS header', async (headers) => {
    for (const method of ['GET', 'POST']) {
      const answer = await page(headers, method);
      expect(answer.status).toBe(403);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(await answer.text()).not.toBe('1\n');
    }
  });

  test('gets no leave by a preflight', async () => {
    const preflight = await fetch(server.url, {
      method: 'OPTIONS',
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(403);
  });

  test.each(['evil.example', 'evil.example:8123', '127.0.0.1.evil.example', '192.168.0.1'])(
    'that made the name %s point here is refused',
    async (host) => {
      const status = await new Promise((resolve, reject) => {
        const headers = { ...credentials, host };
        get({ host: '127.0.0.1', port: server.port, path: '/?query=SELECT+1', headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).on('error', reject);
      });
      expect(status).toBe(403);
    },
  );
});

describe('user and password', () => {
  const as = async (headers: Record<string, string>, search = '') => {
    const answer = await fetch(`${server.url}/?query=SELECT+1${search}`, { headers });
    return [answer.status, (await answer.text()).split(' ')[1]];
  };
  const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

  test('are taken from headers, basic auth or the URL', async () => {
    expect((await as(credentials))[0]).toBe(200);
    expect((await as(basic('me:pass:word')))[0]).toBe(200);
    expect((await as({}, '&user=me&password=pass:word'))[0]).toBe(200);
    const clickhouse = createClient({ url: server.url, username: 'me', password: 'pass:word' });
    expect(await clickhouse.ping({ select: true })).toEqual({ success: true });
    await clickhouse.close();
  });

  test.each([{}, basic('me:no'), basic('you:pass:word'), { 'X-ClickHouse-User': 'me' }, { Authorization: 'Bearer x' }])(
    'wrong ones (%j) are refused as ClickHouse does',
    async (headers) => {
      expect(await as(headers as Record<string, string>)).toEqual([403, '516.']);
    },
  );
});

describe('a client', () => {
  const outside = () => [
    `SELECT * FROM file('${secretFile}')`,
    `SELECT * FROM/**/FILE/* ( */\n('${secretFile}')`,
    `SELECT * FROM "file"('${secretFile}')`,
    `SELECT * FROM \`\\x66ile\`('${secretFile}')`,
    `SELECT file('${secretFile}')`,
    `SELECT * FROM '${secretFile}'`,
    `SELECT * FROM (SELECT * FROM '${secretFile}')`,
    `SELECT * FROM "${secretFile}"`,
    `SELECT * FROM default."${secretFile}"`,
    `SELECT * FROM m, '${secretFile}'`,
    'SELECT * FROM {path:Identifier}',
    `DESCRIBE TABLE file('${secretFile}')`,
    `EXPLAIN SELECT * FROM file('${secretFile}')`,
    `SELECT * FROM loop(file('${secretFile}'))`,
    `SELECT * FROM eval($$SELECT * FROM file('${secretFile}')$$)`,
    `INSERT INTO m FROM INFILE '${secretFile}' FORMAT CSV`,
    `INSERT INTO m SELECT * FROM file('${secretFile}')`,
    `INSERT INTO m VALUES (1, file('${secretFile}'))`,
    `INSERT INTO FUNCTION file('${join(folder, 'written.csv')}') SELECT 1`,
    `SELECT 1 INTO OUTFILE '${join(folder, 'written.csv')}'`,
    `CREATE TABLE f (a Int8, b String) ENGINE = File('CSV', '${secretFile}')`,
    `CREATE TABLE f AS file('${secretFile}')`,
    `CREATE VIEW f AS SELECT * FROM file('${secretFile}')`,
    `CREATE MATERIALIZED VIEW f ENGINE = Memory AS SELECT * FROM file('${secretFile}')`,
    `CREATE DATABASE f ENGINE = Filesystem('${folder}')`,
    `CREATE DICTIONARY f (a UInt64, b String) PRIMARY KEY a SOURCE(FILE(PATH '${secretFile}' FORMAT 'CSV')) LAYOUT(FLAT()) LIFETIME(0)`,
    "CREATE DICTIONARY f (a UInt64, b String) PRIMARY KEY a SOURCE(EXECUTABLE(COMMAND 'id' FORMAT 'TSV')) LAYOUT(FLAT()) LIFETIME(0)",
    `CREATE DICTIONARY f (a UInt64, b String) PRIMARY KEY a SOURCE(CLICKHOUSE(QUERY 'SELECT 1, file(''${secretFile}'')')) LAYOUT(FLAT()) LIFETIME(0)`,
    'CREATE FUNCTION f AS (x) -> file(x)',
    `ALTER TABLE m ADD COLUMN c String DEFAULT file('${secretFile}')`,
    `ATTACH TABLE f FROM '${folder}' (a Int8) ENGINE = MergeTree ORDER BY a`,
    `CREATE TABLE f (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local, path = '${folder}/')`,
    "SELECT * FROM url('http://127.0.0.1:1/x', 'CSV', 'a String')",
    "SELECT * FROM s3('http://127.0.0.1:1/bucket/x', 'CSV')",
    "SELECT * FROM remote('127.0.0.1:1', system.one)",
    "SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "SELECT * FROM executable('id', 'TSV', 'a String')",
    "CREATE TABLE f (a Int8) ENGINE = URL('http://127.0.0.1:1/x', 'CSV')",
    "CREATE TABLE f (a Int8) ENGINE = Kafka('127.0.0.1:1', 't', 'g', 'CSV')",
    `BACKUP TABLE m TO File('${join(folder, 'backup')}')`,
    'SYSTEM SHUTDOWN',
    'DROP DATABASE default',
    'DROP DATABASE {name:Identifier}',
    'GRANT READ ON FILE TO default',
    "SELECT 1 SETTINGS format_schema = '/etc/passwd'",
  ];

  test('reaches no file, no other host and no program', async () => {
    for (const sql of outside()) {
      const { status, text } = await ask(sql, { param_path: secretFile, param_name: 'default' });
      expect([403, 404], `${sql}\n${text}`).toContain(status);
      expect(text).not.toContain('topsecret');
    }
    const written = await import('node:fs/promises').then((fs) => fs.readdir(folder));
    expect(written.toSorted()).toEqual(['data', 'secret.csv']);
    expect((await ask('SELECT 1')).text).toBe('1\n');
  });

  test('may use what only looks like it', async () => {
    const { text } = await ask("SELECT 'file(', file, \"url\" FROM (SELECT 1 AS file, 2 AS url) -- file('x')");
    expect(text).toBe('file(\t1\t2\n');
  });

  test('may fill a dictionary from a table of this server', async () => {
    await ask("INSERT INTO m VALUES (1, 'one')");
    await ask(
      "CREATE DICTIONARY d (a UInt64, b String) PRIMARY KEY a SOURCE(CLICKHOUSE(QUERY 'SELECT a, b FROM m')) LAYOUT(FLAT()) LIFETIME(0)",
    );
    expect((await ask("SELECT dictGet('d', 'b', 1)")).text).toBe('one\n');
  });

  test('waits a bounded time for its turn', async () => {
    const slow = [1, 2].map((n) => ask(`SELECT sleep(1.5), ${n}`));
    while ((await fetch(`${server.url}/ping`)).status !== 200);
    let refused = await ask('SELECT 1');
    while (refused.status === 200) refused = await ask('SELECT 1');
    expect(refused.text).toMatch(/^Code: 202\..*\(TOO_MANY_SIMULTANEOUS_QUERIES\)/);
    await Promise.all(slow);
    expect((await ask('SELECT 1')).text).toBe('1\n');
  });

  test('may not send more than the limit', async () => {
    const { status, text } = await ask(`INSERT INTO m FORMAT TSV\n${'1\tx\n'.repeat(500_000)}`);
    expect([status, text.slice(0, 9)]).toEqual([413, 'Code: 229']);
    expect((await ask('SELECT count() FROM m')).text).toBe('1\n');
  });
});
