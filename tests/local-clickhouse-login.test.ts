import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as consume } from 'node:stream/consumers';
import { createClient } from '@clickhouse/client';
import { type ClickHouse, startClickHouse } from '@updraft/local';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let folder: string;
let server: ClickHouse;
let secretFile: string;
/** The engine's own address, behind the front. */
let engineUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-login-'));
  secretFile = join(folder, 'secret.csv');
  await writeFile(secretFile, '1,topsecret\n');
  server = await startClickHouse({ dataDir: join(folder, 'data'), netrc: join(folder, 'netrc') });
  engineUrl = `http://127.0.0.1:${(await ask("SELECT getServerPort('http_port')")).text.trim()}`;
  await ask('CREATE TABLE m (a Int8, b String) ENGINE = MergeTree ORDER BY a');
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

function headersOf(who: 'apps' | 'migrations'): Record<string, string> {
  const { username, password } = server.logins[who];
  return { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password };
}

async function ask(sql: string, who: 'apps' | 'migrations' = 'migrations', search: Record<string, string> = {}) {
  const url = `${server.url}/?${new URLSearchParams(search).toString()}`;
  const answer = await fetch(url, { method: 'POST', body: sql, headers: headersOf(who) });
  return { status: answer.status, text: await answer.text() };
}

const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

describe('who knows a password', () => {
  test('gives it by headers, basic auth or the URL', async () => {
    const { username, password } = server.logins.apps;
    const as = async (headers: Record<string, string>, search = '') =>
      (await fetch(`${server.url}/?query=SELECT+currentUser()${search}`, { headers })).text();
    expect(await as(headersOf('apps'))).toBe('updraft\n');
    expect(await as(basic(`${username}:${password}`))).toBe('updraft\n');
    expect(await as({}, `&user=${username}&password=${password}`)).toBe('updraft\n');
    expect(await as(headersOf('apps'), '&user=default')).toBe('updraft\n');
    const clickhouse = createClient({ url: server.url, ...server.logins.apps });
    expect(await clickhouse.ping({ select: true })).toEqual({ success: true });
    await clickhouse.close();
  });

  test('finds it in a file that nobody else can read, and that a second start leaves as it is', async () => {
    const { mode } = await stat(join(folder, 'netrc'));
    expect(mode & 0o777).toBe(0o600);
    const text = await readFile(join(folder, 'netrc'), 'utf8');
    expect(text).toContain(`machine 127.0.0.1 login updraft password ${server.logins.apps.password}\n`);
  });

  test('changes rows as the services do, but not the schema', async () => {
    for (const sql of [
      "INSERT INTO m VALUES (7, 'x')",
      "ALTER TABLE m UPDATE b = 'y' WHERE a = 7 SETTINGS mutations_sync = 1",
      'ALTER TABLE m DELETE WHERE a = 7 SETTINGS mutations_sync = 1',
      'OPTIMIZE TABLE m FINAL',
      'CREATE TEMPORARY TABLE t (a Int8)',
    ])
      expect(await ask(sql, 'apps'), `at ${sql}`).toMatchObject({ status: 200 });
    for (const sql of ['DROP TABLE m', 'CREATE TABLE n (a Int8) ENGINE = Memory', 'ALTER TABLE m ADD COLUMN c Int8'])
      expect((await ask(sql, 'apps')).text, `at ${sql}`).toContain('ACCESS_DENIED');
  });
});

describe('KILL QUERY', () => {
  test("ends one's own queries, never the one that keeps the engine running", async () => {
    const sleeping = ask('SELECT sleepEachRow(1) FROM numbers(60) SETTINGS max_block_size = 1', 'apps', {
      query_id: 'own',
    });
    const kill = () => ask("KILL QUERY WHERE elapsed >= 0 AND query NOT LIKE 'KILL%' SYNC", 'apps');
    while (!(await kill()).text.includes('own'));
    expect((await sleeping).text).toContain('QUERY_WAS_CANCELLED');
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // the other one looks once a second
    expect(await ask('SELECT 1')).toEqual({ status: 200, text: '1\n' });
  });
});

describe('who knows none', () => {
  const tries = (): [string, RequestInit][] => {
    const post = (headers: Record<string, string>, body = 'DROP TABLE m') => ({ method: 'POST', body, headers });
    const password = server.logins.migrations.password;
    return [
      ['/?query=SELECT+1', {}],
      ['/', post({})],
      ['/', post(basic('default:'))],
      ['/', post(basic('migrations:no'))],
      ['/', post(basic(`default:${password}`))],
      ['/', post(basic(':'))],
      ['/', post({ 'X-ClickHouse-User': 'default' })],
      ['/', post({ 'X-ClickHouse-User': 'migrations' })],
      ['/', post({ 'X-ClickHouse-Key': password })],
      ['/', post({ Authorization: 'Bearer x' })],
      ['/?user=default&password=', post({})],
      ['/?%75ser=default', post({})],
      ['/?user=migrations', post({})],
      ['/?user=migrations&user=default', post(basic('default:'))],
      // what an attacker got through the imitation of ClickHouse that stood here before
      [`/?param_a=1;SELECT+1+INTO+OUTFILE+'${folder}/written';SET+param_b`, post({}, 'SELECT {a:String}')],
      ['/?nonsense=1', post({ 'Content-Encoding': 'zstd' }, '')],
      [
        '/?query=INSERT+INTO+m+VALUES',
        post({}, "(1, file('/etc/hostname')) SETTINGS input_format_values_interpret_expressions = 1"),
      ],
      ['/play', {}],
      ['/dashboard', {}],
      ['/replicas_status', {}],
      ['/?add_http_cors_header=1&query=SELECT+1', { headers: { Origin: 'https://evil.example' } }],
    ];
  };

  test('runs no query, by whatever way, and a page of another origin gets no CORS header', async () => {
    for (const [path, init] of tries()) {
      const answer = await fetch(`${server.url}${path}`, init);
      expect([answer.status, answer.headers.get('x-clickhouse-exception-code')], `at ${path}`).toEqual([403, '516']);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(await answer.text()).toMatch(/^Code: 516\. DB::Exception: Authentication failed/);
    }
    expect(await readdir(folder)).toEqual(['data', 'netrc', 'secret.csv']);
    expect((await ask('EXISTS m')).text).toBe('1\n');
  });

  test('gets no leave by a preflight', async () => {
    const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
    const preflight = await fetch(server.url, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(405);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('finds the engine behind the front as closed: `default`, which has no password, can not be reached', async () => {
    for (const [path, init] of tries()) {
      const answer = await fetch(`${engineUrl}${path}`, init);
      expect([404, 501], `at ${path}`).toContain(answer.status);
      expect(await answer.text()).toContain('There is no handle');
    }
    expect((await ask('EXISTS m')).text).toBe('1\n');
  });

  test('shuts nobody out by connections that never end their request', async () => {
    const begun = ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nS', 'GET / HTTP/1.1\r\nHost'];
    const sockets = Array.from({ length: 1_100 }, (_, index) => {
      const socket = connect(server.port, '127.0.0.1').on('error', () => {});
      socket.resume().write(begun[index % 2] ?? '');
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const askAnew = () =>
      new Promise((resolve, reject) => {
        const options = { agent: false, headers: headersOf('apps') };
        get(`${server.url}/?query=SELECT+1`, options, (answer) => resolve(consume(answer))).on('error', reject);
      });
    for (let more = 0; more < 5; more++) expect(await askAnew()).toBe('1\n');
    for (const socket of sockets) socket.destroy();
  });

  test('can not end the engine through the front by connections that break', async () => {
    const say = (text: string) =>
      new Promise<void>((settle) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.end(text));
        socket.on('close', () => settle()).on('error', () => settle());
        socket.resume();
      });
    for (const text of [
      '',
      'G',
      'GET /ping HTTP/1.1',
      'GET /ping HTTP/1.1\r\nHost: x',
      'POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nS',
    ])
      await say(text);
    expect((await ask('SELECT 1')).text).toBe('1\n');
    await expect(Promise.race([server.exited, Promise.resolve('alive')])).resolves.toBe('alive');
  });
});

describe('who knows the password of the migrations', () => {
  const outside = () => [
    `SELECT * FROM file('${secretFile}')`,
    `INSERT INTO FUNCTION file('${join(folder, 'written.csv')}') SELECT 1`,
    `SELECT 1 INTO OUTFILE '${join(folder, 'written.csv')}'`,
    "SELECT * FROM url('http://127.0.0.1:1/x', 'CSV', 'a String')",
    "SELECT * FROM s3('http://127.0.0.1:1/bucket/x', 'CSV')",
    "SELECT * FROM remote('127.0.0.1:1', system.one)",
    "SELECT * FROM executable('id', 'TSV', 'a String')",
    'SYSTEM SHUTDOWN',
    'CREATE USER somebody',
  ];

  test('finds no password in the files of the engine, which file() reads', async () => {
    for (const name of ['config/config.xml', 'config/users.xml', '../netrc']) {
      const { status, text } = await ask(`SELECT file('${join(folder, 'data', name)}')`, 'apps');
      expect([name, status === 200 && text.includes(server.logins.migrations.password)]).toEqual([name, false]);
      expect(text).toMatch(/FILE_DOESNT_EXIST|CANNOT_OPEN_FILE|CANNOT_STAT/);
    }
  });

  test('reaches no other host, and no file outside by a table', async () => {
    for (const sql of outside()) {
      const { status, text } = await ask(sql);
      expect(status, `${sql}\n${text}`).not.toBe(200);
      expect(text).not.toContain('topsecret');
    }
    expect(await readdir(folder)).toEqual(['data', 'netrc', 'secret.csv']);
    expect((await ask('SELECT 1')).text).toBe('1\n');
  });

  test.runIf(process.platform === 'linux')(
    'on Linux not even by what no grant can stop: file(), commands, folders',
    async ({ skip }) => {
      const { text } = await ask(`SELECT file('${secretFile}')`);
      if (text.includes('topsecret')) skip('this kernel has no Landlock');
      expect(text).toMatch(/Permission denied.*\(CANNOT_OPEN_FILE\)/);
      await ask(
        "CREATE DICTIONARY d (a UInt64, b String) PRIMARY KEY a SOURCE(EXECUTABLE(COMMAND 'id' FORMAT 'TSV')) LAYOUT(FLAT()) LIFETIME(0)",
      );
      expect((await ask("SELECT dictGet('d', 'b', 1)")).text).not.toContain('uid=');
      expect(
        (await ask(`ATTACH TABLE stolen FROM '${folder}/' (a Int8) ENGINE = MergeTree ORDER BY a`)).status,
      ).not.toBe(200);
      expect(await readdir(folder)).toEqual(['data', 'netrc', 'secret.csv']);
      await ask(`CREATE TABLE f (a Int8, b String) ENGINE = File('CSV', '${secretFile}')`);
      expect((await ask('SELECT * FROM f')).text).toMatch(/Permission denied/);
      expect((await ask("SELECT file('/proc/self/environ')")).text).toBe('TZ=UTC\\0\n');
    },
  );

  test('may fill a dictionary from a table of this server', async () => {
    await ask("INSERT INTO m VALUES (1, 'one')");
    await ask(
      "CREATE DICTIONARY filled (a UInt64, b String) PRIMARY KEY a SOURCE(CLICKHOUSE(QUERY 'SELECT a, b FROM default.m')) LAYOUT(FLAT()) LIFETIME(0)",
    );
    expect((await ask("SELECT dictGet('filled', 'b', 1)", 'apps')).text).toBe('one\n');
  });
});
