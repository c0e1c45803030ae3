import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalClickHouse, startLocalClickHouse } from './local/clickhouse.ts';

let local: LocalClickHouse;

beforeAll(async () => {
  local = await startLocalClickHouse();
  await local.text('CREATE DATABASE atproto ENGINE = Atomic');
});

afterAll(() => local?.[Symbol.asyncDispose]());

function client(options: Parameters<typeof createClient>[0] = {}) {
  const { url, logins } = local.server;
  return createClient({ url, ...logins.migrations, database: 'atproto', log: { level: 127 }, ...options });
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
