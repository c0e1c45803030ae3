import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as consume } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { createClient } from '@clickhouse/client';
import { type ClickHouse, startClickHouse } from '@updraft/local';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let dataDir: string;
let server: ClickHouse;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'updraft-clickhouse-'));
  server = await startClickHouse({ dataDir });
  await post('CREATE DATABASE atproto ENGINE = Atomic');
});

afterAll(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function login(): Record<string, string> {
  const { username, password } = server.logins.migrations;
  return { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password };
}

function post(body: string | Uint8Array<ArrayBuffer>, search: Record<string, string> = {}) {
  return fetch(`${server.url}/?${new URLSearchParams(search).toString()}`, { method: 'POST', body, headers: login() });
}

async function text(sql: string, search?: Record<string, string>): Promise<string> {
  const answer = await post(sql, search);
  const body = await answer.text();
  if (!answer.ok) throw new Error(body);
  return body.trimEnd();
}

/** Asks until the answer is `expected`; the test's own timeout ends it. */
async function eventually(sql: string, expected: string): Promise<void> {
  while ((await text(sql)) !== expected) await new Promise((resolve) => setTimeout(resolve, 20));
}

function client(options: Parameters<typeof createClient>[0] = {}) {
  return createClient({
    url: server.url,
    ...server.logins.migrations,
    database: 'atproto',
    log: { level: 127 },
    ...options,
  });
}

describe('with @clickhouse/client', () => {
  test('a million rows go in and come out as a stream', async () => {
    const clickhouse = client();
    await clickhouse.command({ query: 'CREATE TABLE million (id UInt32, name String) ENGINE = MergeTree ORDER BY id' });
    async function* rows() {
      for (let id = 0; id < 1_000_000; id += 10_000) {
        yield Buffer.from(Array.from({ length: 10_000 }, (_, i) => `${id + i}\tname ${id + i}\n`).join(''));
      }
    }
    const { Readable } = await import('node:stream');
    const values = Readable.from(rows(), { objectMode: false });
    const inserted = await clickhouse.insert({ table: 'million', values, format: 'TabSeparated' });
    expect(inserted.summary?.written_rows).toBe('1000000');
    const result = await clickhouse.query({
      query: 'SELECT id, name FROM million ORDER BY id',
      format: 'JSONCompactEachRow',
    });
    let next = 0;
    for await (const batch of result.stream<[number, string]>()) {
      for (const row of batch) {
        const [id, name] = row.json();
        if (id !== next || name !== `name ${next}`) throw new Error(`row ${next} is ${row.text}`);
        next++;
      }
    }
    expect(next).toBe(1_000_000);
    await clickhouse.close();
  });

  test.each(['gzip', 'zstd'] as const)('compression goes both ways with %s', async (codec) => {
    const clickhouse = client({ compression: { request: { codec }, response: { codec } } });
    const table = `compressed_${codec}`;
    await clickhouse.command({ query: `CREATE TABLE ${table} (a UInt32, s String) ENGINE = MergeTree ORDER BY a` });
    const values = Array.from({ length: 5_000 }, (_, a) => ({ a, s: `строка ${a} 🦋` }));
    await clickhouse.insert({ table, values, format: 'JSONEachRow' });
    const result = await clickhouse.query({ query: `SELECT * FROM ${table} ORDER BY a`, format: 'JSONEachRow' });
    expect(result.response_headers['content-encoding']).toBe(codec);
    expect(await result.json()).toEqual(values);
    await clickhouse.close();
  });

  test('ping, exec and command work', async () => {
    const clickhouse = client();
    expect(await clickhouse.ping()).toEqual({ success: true });
    expect(await clickhouse.ping({ select: true })).toEqual({ success: true });
    const { stream } = await clickhouse.exec({ query: 'SELECT 42 FORMAT CSV' });
    expect(Buffer.concat(await stream.toArray()).toString()).toBe('42\n');
    await clickhouse.command({ query: 'CREATE TABLE commanded (a Int8) ENGINE = Memory' });
    const { summary } = await clickhouse.command({ query: 'INSERT INTO commanded SELECT number FROM numbers(7)' });
    expect(summary?.written_rows).toBe('7');
    await clickhouse.close();
  });

  test('parameters of every type arrive as they were', async () => {
    const params = {
      text: 'a\t\n\\\'"`\u0000é🦋',
      negative: -5,
      big: 18446744073709551615n,
      float: 1.5,
      bool: true,
      nothing: null,
      list: ["a'b", 'c\\d', null],
      nested: [[1, 2], [3]],
      date: new Date('2024-02-03T04:05:06.789Z'),
      map: { k: "v'x" },
      table: 'one',
    };
    const query = `SELECT {text:String} AS text, {negative:Int32} AS negative, {big:UInt64} = 18446744073709551615 AS big,
      {float:Float64} AS float, {bool:Bool} AS bool, {nothing:Nullable(String)} AS nothing,
      {list:Array(Nullable(String))} AS list, {nested:Array(Array(UInt8))} AS nested,
      {date:DateTime64(3, 'UTC')} AS date, {map:Map(String, String)} AS map FROM system.{table:Identifier}`;
    for (const multipart of [false, true]) {
      const clickhouse = client();
      const result = await clickhouse.query({
        query,
        query_params: params,
        format: 'JSONEachRow',
        use_multipart_params: multipart,
      });
      expect(await result.json()).toEqual([{ ...params, big: 1, date: '2024-02-03 04:05:06.789', table: undefined }]);
      await clickhouse.close();
    }
  });

  test('parameters of queries at the same time do not mix', async () => {
    const clickhouse = client();
    const values = Array.from({ length: 100 }, (_, i) => `value ${i}`);
    const answers = await Promise.all(
      values.map(async (value) => {
        const result = await clickhouse.query({
          query: 'SELECT {v:String} AS v',
          query_params: { v: value },
          format: 'JSONEachRow',
        });
        return (await result.json<{ v: string }>())[0]?.v;
      }),
    );
    expect(answers).toEqual(values);
    await clickhouse.close();
  });

  test('an error behind the beginning of a result reaches the client', async () => {
    const clickhouse = client();
    const query = 'SELECT number, throwIf(number = 2000000) FROM numbers(3000000)';
    const result = await clickhouse.query({ query, format: 'JSONEachRow' });
    await expect(result.json()).rejects.toMatchObject({ code: '395' });
    await clickhouse.close();
  });
});

describe('formats', () => {
  const rows =
    "SELECT number AS a, concat('x\\n;\\n\\n\\0', toString(number)) AS s, toDateTime(number, 'UTC') AS d, if(number % 2 = 0, NULL, toInt32(number)) AS n FROM numbers(20000)";

  test.each(
    (
      'RowBinary RowBinaryWithNames RowBinaryWithNamesAndTypes Native Parquet Arrow ArrowStream ORC Avro MsgPack ' +
      'JSONEachRow JSONCompactEachRow JSONCompactEachRowWithNamesAndTypes JSON JSONColumns BSONEachRow ' +
      'TabSeparated TSVWithNames CSV CSVWithNames TSKV Values'
    ).split(' '),
  )('%s comes out and goes in again', async (format) => {
    await text(
      "CREATE OR REPLACE TABLE formats (a UInt64, s String, d DateTime('UTC'), n Nullable(Int32)) ENGINE = MergeTree ORDER BY a",
    );
    const out = await post(`${rows} FORMAT ${format}`);
    expect(out.headers.get('x-clickhouse-format')).toBe(format);
    const inserted = await post(new Uint8Array(await out.arrayBuffer()), {
      query: `INSERT INTO formats FORMAT ${format}`,
    });
    expect(await inserted.text()).toBe('');
    expect(JSON.parse(inserted.headers.get('x-clickhouse-summary') ?? '{}')).toMatchObject({ written_rows: '20000' });
    const hash = 'sum(sipHash64(a, s, d, ifNull(n, -1)))';
    expect(await text(`SELECT ${hash} FROM formats`)).toBe(await text(`SELECT ${hash} FROM (${rows})`));
  });

  test('rows may follow their statement in the body, binary ones too', async () => {
    await text('CREATE OR REPLACE TABLE bodies (a UInt32, s String) ENGINE = MergeTree ORDER BY a');
    await post(
      Buffer.concat([
        Buffer.from('INSERT INTO bodies (a, s) FORMAT RowBinary\n'),
        Buffer.from([10, 10, 10, 10, 2, 0x3b, 10]),
      ]),
    );
    await text("INSERT INTO bodies VALUES (1, 'x;'), (2, upper('y'));");
    await text('INSERT INTO bodies FORMAT CSV\n3,"z"\n');
    await text('INSERT INTO {t:Identifier} SELECT {a:UInt32}, {s:String}', {
      param_t: 'bodies',
      param_a: '4',
      param_s: 'q',
    });
    await text("({a:UInt32}, 'v')", { query: 'INSERT INTO bodies VALUES', param_a: '5' });
    expect(await text('SELECT * FROM bodies ORDER BY a FORMAT Values')).toBe(
      "(1,'x;'),(2,'Y'),(3,'z'),(4,'q'),(5,'v'),(168430090,';\\n')",
    );
  });

  test('300,000 rows of one insert become one part', async () => {
    await text('CREATE OR REPLACE TABLE parts (a UInt64) ENGINE = MergeTree ORDER BY a');
    await post(new Uint8Array(8 * 300_000), { query: 'INSERT INTO parts FORMAT RowBinary' });
    expect(await text("SELECT count(), sum(rows) FROM system.parts WHERE table = 'parts' AND active")).toBe(
      '1\t300000',
    );
  });

  test('text of random bytes survives', async () => {
    await text('CREATE OR REPLACE TABLE bytes (s String) ENGINE = MergeTree ORDER BY s');
    const bytes = randomBytes(100_000);
    const row = Buffer.concat([Buffer.from([0xa0, 0x8d, 0x06]), bytes]);
    await post(row, { query: 'INSERT INTO bytes FORMAT RowBinary' });
    const out = await post('SELECT s FROM bytes FORMAT RowBinary');
    expect(Buffer.from(await out.arrayBuffer()).equals(row)).toBe(true);
  });
});

describe("ClickHouse's HTTP interface", () => {
  test('answers curl', async () => {
    const netrc = ['--netrc-file', join(dataDir, 'netrc')];
    const { stdout } = await promisify(execFile)('curl', ['-sS', ...netrc, `${server.url}/?query=SELECT+1%2B1`]);
    expect(stdout).toBe('2\n');
  });

  test('npm run sql ends quietly when its reader has enough, and in one line when the answer breaks off', async () => {
    const { username: CLICKHOUSE_USERNAME, password: CLICKHOUSE_PASSWORD } = server.logins.migrations;
    const env = { ...process.env, CLICKHOUSE_ADDRESS: server.url, CLICKHOUSE_USERNAME, CLICKHOUSE_PASSWORD };
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
    expect(await (await fetch(`${server.url}/ping`)).text()).toBe('Ok.\n');
  });

  test('a GET may have a body, and nobody waits for it', async () => {
    const get = (path: string, body: string, headers: Record<string, string>) =>
      new Promise<string>((resolve, reject) => {
        const asked = request(`${server.url}${path}`, { headers: { ...login(), ...headers } }, (answer) =>
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
    expect(await text('FROM numbers(3)', { query: 'SELECT count()' })).toBe('3');
  });

  test("answers bear ClickHouse's headers", async () => {
    const answer = await post('SELECT 1', { query_id: 'mine', default_format: 'JSONCompact' });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-clickhouse-query-id': 'mine',
      'x-clickhouse-format': 'JSONCompact',
      'x-clickhouse-timezone': 'UTC',
      'content-type': 'application/json; charset=UTF-8',
    });
    expect(await answer.json()).toMatchObject({ data: [[1]] });
  });

  test('a GET changes nothing', async () => {
    await text('CREATE OR REPLACE TABLE untouched (a Int8) ENGINE = Memory');
    const get = (query: string) =>
      fetch(`${server.url}/?${new URLSearchParams({ query }).toString()}`, { headers: login() });
    for (const sql of ['INSERT INTO untouched VALUES (1)', 'INSERT INTO untouched SELECT 1', 'DROP TABLE untouched']) {
      const answer = await get(sql);
      expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([500, '164']);
      await answer.body?.cancel();
    }
    expect(await (await get('SELECT count() FROM untouched')).text()).toBe('0\n');
  });

  test('with wait_end_of_query an error in the middle is a status', async () => {
    const sql = 'SELECT number, throwIf(number = 2000000) FROM numbers(3000000)';
    expect((await post(sql, { wait_end_of_query: '1' })).status).toBe(500);
    const whole = await post('SELECT number FROM numbers(1000000)', { wait_end_of_query: '1' });
    expect((await whole.text()).length).toBe(6_888_890);
    expect(whole.headers.get('x-clickhouse-summary')).toContain('"result_rows":"1000000"');
  });

  test('a broken upload inserts nothing', async () => {
    await text('CREATE OR REPLACE TABLE uploads (a UInt32) ENGINE = Memory');
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('1\n2\n')),
      pull: () => Promise.reject(new Error('gone')),
    });
    const search = new URLSearchParams({ query: 'INSERT INTO uploads FORMAT TSV' }).toString();
    const sent = fetch(`${server.url}/?${search}`, { method: 'POST', body, duplex: 'half', headers: login() });
    await expect(sent).rejects.toThrow();
    expect(await text('SELECT count() FROM uploads')).toBe('0');
  });
});

describe('several queries', () => {
  const running = (tag: string) =>
    `SELECT count() FROM system.processes WHERE query LIKE '%${tag}%' AND query NOT LIKE '%processes%'`;

  test('two slow ones run side by side', async () => {
    const slow = [1, 2].map((n) => text(`SELECT sleep(2), ${n} /* side by side */ AS side_by_side`));
    await eventually(running('side_by_side'), '2');
    await Promise.all(slow);
  });

  test('planning one does not hold up the others', async () => {
    const heavy = text('SELECT (SELECT count() FROM numbers(1000000000000)) AS heavy_scalar', {
      max_execution_time: '2',
    });
    const outcome = heavy.catch((error: Error) => error.message);
    await eventually(running('heavy_scalar'), '1');
    expect(await outcome).toContain('TIMEOUT_EXCEEDED');
  });

  test('one whose client goes away ends, streaming or not', async () => {
    for (const sql of [
      'SELECT count() AS abandoned FROM numbers(1000000000000)',
      'SELECT number AS abandoned FROM numbers(1000000000000)',
    ]) {
      const leaving = new AbortController();
      const asked = fetch(server.url, { method: 'POST', body: sql, signal: leaving.signal, headers: login() }).catch(
        () => {},
      );
      await eventually(running('abandoned'), '1');
      leaving.abort();
      await asked;
      await eventually(running('abandoned'), '0');
    }
  });

  test('a slow reader slows the engine down, not the memory up', async () => {
    const answer = await post("SELECT number, 'backpressure' FROM numbers(100000000)");
    const reader = answer.body?.getReader();
    await reader?.read();
    const memory = () =>
      text("SELECT max(memory_usage) < 300000000 FROM system.processes WHERE query LIKE '%backpressure%'");
    for (let i = 0; i < 5; i++) {
      await reader?.read();
      expect(await memory()).toBe('1');
    }
    await reader?.cancel();
    await eventually(running('backpressure'), '0');
  });
});
