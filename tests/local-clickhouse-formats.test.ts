import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalClickHouse, startLocalClickHouse } from './local/clickhouse.ts';

let local: LocalClickHouse;

beforeAll(async () => {
  local = await startLocalClickHouse();
});

afterAll(() => local?.[Symbol.asyncDispose]());

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
    await local.text(
      "CREATE OR REPLACE TABLE formats (a UInt64, s String, d DateTime('UTC'), n Nullable(Int32)) ENGINE = MergeTree ORDER BY a",
    );
    const out = await local.post(`${rows} FORMAT ${format}`);
    expect(out.headers.get('x-clickhouse-format')).toBe(format);
    const inserted = await local.post(new Uint8Array(await out.arrayBuffer()), {
      query: `INSERT INTO formats FORMAT ${format}`,
    });
    expect(await inserted.text()).toBe('');
    expect(JSON.parse(inserted.headers.get('x-clickhouse-summary') ?? '{}')).toMatchObject({ written_rows: '20000' });
    const hash = 'sum(sipHash64(a, s, d, ifNull(n, -1)))';
    expect(await local.text(`SELECT ${hash} FROM formats`)).toBe(await local.text(`SELECT ${hash} FROM (${rows})`));
  });

  test('rows may follow their statement in the body, binary ones too', async () => {
    await local.text('CREATE OR REPLACE TABLE bodies (a UInt32, s String) ENGINE = MergeTree ORDER BY a');
    await local.post(
      Buffer.concat([
        Buffer.from('INSERT INTO bodies (a, s) FORMAT RowBinary\n'),
        Buffer.from([10, 10, 10, 10, 2, 0x3b, 10]),
      ]),
    );
    await local.text("INSERT INTO bodies VALUES (1, 'x;'), (2, upper('y'));");
    await local.text('INSERT INTO bodies FORMAT CSV\n3,"z"\n');
    await local.text('INSERT INTO {t:Identifier} SELECT {a:UInt32}, {s:String}', {
      param_t: 'bodies',
      param_a: '4',
      param_s: 'q',
    });
    await local.text("({a:UInt32}, 'v')", { query: 'INSERT INTO bodies VALUES', param_a: '5' });
    expect(await local.text('SELECT * FROM bodies ORDER BY a FORMAT Values')).toBe(
      "(1,'x;'),(2,'Y'),(3,'z'),(4,'q'),(5,'v'),(168430090,';\\n')",
    );
  });

  test('300,000 rows of one insert become one part', async () => {
    await local.text('CREATE OR REPLACE TABLE parts (a UInt64) ENGINE = MergeTree ORDER BY a');
    await local.post(new Uint8Array(8 * 300_000), { query: 'INSERT INTO parts FORMAT RowBinary' });
    expect(await local.text("SELECT count(), sum(rows) FROM system.parts WHERE table = 'parts' AND active")).toBe(
      '1\t300000',
    );
  });

  test('text of random bytes survives', async () => {
    await local.text('CREATE OR REPLACE TABLE bytes (s String) ENGINE = MergeTree ORDER BY s');
    const bytes = randomBytes(100_000);
    const row = Buffer.concat([Buffer.from([0xa0, 0x8d, 0x06]), bytes]);
    await local.post(row, { query: 'INSERT INTO bytes FORMAT RowBinary' });
    const out = await local.post('SELECT s FROM bytes FORMAT RowBinary');
    expect(Buffer.from(await out.arrayBuffer()).equals(row)).toBe(true);
  });
});
