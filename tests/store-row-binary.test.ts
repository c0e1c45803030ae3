import {
  AnswerFault,
  type Block,
  codecs,
  createBlock,
  defineTable,
  postRows,
  recordRows,
  shape,
  type Table,
} from '@updraft/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectRows } from './select-rows.ts';
import { type StoreFixture, startStore } from './store-fixture.ts';

interface EveryTypeRow {
  readonly key: number;
  readonly flag: boolean;
  readonly middle: number;
  readonly count: number;
  readonly version: { readonly hi: number; readonly lo: number };
  readonly ratio: number;
  readonly text: string;
  readonly word: string;
  readonly words: readonly string[];
  readonly hash: string;
  readonly second: number;
  readonly ms: number;
  readonly micros: number;
}

const everyType: Table<EveryTypeRow> = defineTable<EveryTypeRow>('every_type', {
  key: codecs.uint32,
  flag: codecs.bool,
  middle: codecs.uint16,
  count: codecs.uint64,
  version: codecs.version,
  ratio: codecs.float64,
  text: codecs.string,
  word: codecs.lowCardinalityString,
  words: codecs.arrayOfStrings,
  hash: codecs.fixedString(8),
  second: codecs.dateTime,
  ms: codecs.dateTime64Ms,
  micros: codecs.dateTime64Micros,
});

const plain: EveryTypeRow = {
  key: 0,
  flag: false,
  middle: 0,
  count: 0,
  version: { hi: 0, lo: 0 },
  ratio: 0,
  text: '',
  word: '',
  words: [],
  hash: '00000000',
  second: 0,
  ms: 0,
  micros: 0,
};

let store: StoreFixture;

beforeAll(async () => {
  store = await startStore();
  const columns = everyType.columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  await store.clickhouse.command(`CREATE TABLE every_type (${columns}) ENGINE = MergeTree ORDER BY key`);
});

afterAll(async () => {
  await store.close();
});

/** Inserts the rows and reads them as ClickHouse tells them, times as integers, in the order of their keys. */
async function roundTrip(rows: readonly Partial<EveryTypeRow>[]) {
  await store.clickhouse.command('TRUNCATE TABLE every_type');
  const block = createBlock(everyType);
  rows.forEach((row, key) => block.append({ ...plain, ...row, key }));
  await insert(block);
  return await selectRows(
    store.clickhouse,
    `SELECT flag, middle, count, version, ratio, text, word, words, hash, toUInt32(second) AS second,
            toUnixTimestamp64Milli(ms) AS ms, toUnixTimestamp64Micro(micros) AS micros, lower(hex(text)) AS hex
     FROM every_type ORDER BY key`,
  );
}

async function insert<Row>(block: Block<Row>) {
  return await store.clickhouse.insertBytes(block.table.name, block.table.header, block.slice(0, block.rows));
}

describe('every type goes through the engine and comes back the same', () => {
  it('through the descriptions that wrote it', async () => {
    const first = Date.UTC(1900, 0, 1);
    const last = Date.UTC(2200, 11, 31, 23, 59, 59, 999);
    const rows: EveryTypeRow[] = [
      { ...plain, key: 0, ms: first, micros: first * 1000 },
      { ...plain, key: 1, ms: -1, micros: -1 },
      { ...plain, key: 2, ms: last, micros: last * 1000 + 999, count: Number.MAX_SAFE_INTEGER, second: 0xffff_ffff },
      {
        ...plain,
        key: 3,
        flag: true,
        version: { hi: 0xffff_ffff, lo: 1 },
        ratio: -0.1,
        text: 'é\n"\\',
        words: ['', 'a'],
      },
    ];
    await roundTrip(rows);
    const sql = `SELECT ${everyType.columns.map(({ name }) => name).join(', ')} FROM every_type ORDER BY key`;
    expect(await store.clickhouse.query(sql, shape(everyType.codecs))).toEqual(rows);
  });

  it('the least and the greatest of each', async () => {
    const [least, greatest] = await roundTrip([
      { ms: Date.UTC(1900, 0, 1), micros: Date.UTC(1900, 0, 1) * 1000, ratio: -Number.MAX_VALUE },
      {
        flag: true,
        middle: 65_535,
        count: Number.MAX_SAFE_INTEGER,
        version: { hi: 0xffff_ffff, lo: 0xffff_ffff },
        ratio: Number.MAX_VALUE,
        hash: 'deadbeef',
        second: 0xffff_ffff,
        ms: Date.UTC(2299, 11, 31, 23, 59, 59, 999),
        micros: Date.UTC(2200, 11, 31, 23, 59, 59, 999) * 1000,
      },
    ]);
    expect(least).toMatchObject({
      flag: 0,
      middle: 0,
      count: '0',
      version: '0',
      hash: '00000000',
      second: 0,
    });
    expect(least).toMatchObject({
      ms: String(Date.UTC(1900, 0, 1)),
      micros: `${Date.UTC(1900, 0, 1)}000`,
      ratio: -Number.MAX_VALUE,
    });
    expect(greatest).toMatchObject({ flag: 1, middle: 65_535, count: String(Number.MAX_SAFE_INTEGER) });
    expect(greatest).toMatchObject({
      version: String(2n ** 64n - 1n),
      ratio: Number.MAX_VALUE,
      hash: 'deadbeef',
      second: 4_294_967_295,
    });
    expect(greatest).toMatchObject({ ms: '10413791999999', micros: '7289654399999000' });
  });

  it('strings: NUL, emoji, lone surrogates as U+FFFD, 512 bytes, 5 MB', async () => {
    const texts = [
      'a\0b\0',
      '👩‍👩‍👧 ünï',
      'high \ud800, low \udc00, end \ud83d',
      'x'.repeat(63),
      'x'.repeat(64),
      'x'.repeat(65),
      'x'.repeat(127),
      'x'.repeat(128),
      'x'.repeat(512),
      `${'é'.repeat(31)}x`,
      'é漢👋'.repeat(600_000),
      '\\\'"`\t\r\n',
    ];
    const rows = await roundTrip(
      texts.map((text) => ({ text, word: text.slice(0, 100), words: [text.slice(0, 100), '', text.slice(0, 7)] })),
    );
    rows.forEach((row, index) => {
      const text = (texts[index] ?? '').toWellFormed();
      expect(row['text']).toBe(text);
      expect(row['hex']).toBe(Buffer.from(text).toString('hex'));
      expect(row['word']).toBe(texts[index]?.slice(0, 100).toWellFormed());
      expect(row['words']).toEqual([
        texts[index]?.slice(0, 100).toWellFormed(),
        '',
        texts[index]?.slice(0, 7).toWellFormed(),
      ]);
    });
  });

  it('arrays of none, one and a thousand', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `did:plc:${index}`);
    const rows = await roundTrip([{ words: [] }, { words: [''] }, { words: many }]);
    expect(rows.map((row) => row['words'])).toEqual([[], [''], many]);
  });
});

describe('an answer', () => {
  const read = (sql: string) => store.clickhouse.query(sql, shape({ someCount: codecs.uint64, day: codecs.date }));

  it('is read by its columns, in their order', async () => {
    expect(await read("SELECT toUInt64(7) AS some_count, toDate('1970-01-11') AS day")).toEqual([
      { someCount: 7, day: 10 },
    ]);
  });

  it.each([
    ['a column that is missing', 'SELECT toUInt64(1) AS some_count'],
    ['a column that nobody asked for', 'SELECT toUInt64(1) AS some_count, today() AS day, 1 AS more'],
    ['a column of another name', 'SELECT toUInt64(1) AS someCount, today() AS day'],
    ['a column of another type', 'SELECT toUInt32(1) AS some_count, today() AS day'],
    ['a column that may be NULL', 'SELECT toNullable(toUInt64(1)) AS some_count, today() AS day'],
  ])('with %s is an AnswerFault, though it has no rows', async (_, sql) => {
    const asked = read(`${sql} WHERE 0`);
    await expect(asked).rejects.toThrow(AnswerFault);
    await expect(asked).rejects.toThrow(
      /^ClickHouse answers \(.*\) where \(some_count UInt64, day Date\) is expected$/,
    );
  });

  it('with a number that JavaScript would round is an AnswerFault', async () => {
    await expect(read('SELECT toUInt64(9007199254740993) AS some_count, today() AS day')).rejects.toThrow(
      "ClickHouse's someCount is not a safe integer from 0",
    );
  });

  it('has times within a text as ClickHouse writes them', async () => {
    const sql = "SELECT toString(toDateTime64(0, 3, 'UTC')) AS text";
    expect(await store.clickhouse.query(sql, shape({ text: codecs.string }))).toEqual([
      { text: '1970-01-01 00:00:00.000' },
    ]);
  });
});

describe('the tables of the migrations take the rows of their modules', () => {
  it.each([recordRows, postRows])('$name: its columns are of the same types', async (table) => {
    const columns = await selectRows<{ name: string; type: string }>(
      store.clickhouse,
      'SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}',
      { database: store.connection.database, table: table.name },
    );
    const types = new Map(columns.map(({ name, type }) => [name, type]));
    expect(table.columns.map(({ name, type }) => [name, type])).toEqual(
      table.columns.map(({ name }) => [name, types.get(name)]),
    );
  });

  it('a block of a table that lacks one of its columns is refused whole', async () => {
    const stranger = defineTable<{ key: number; nowhere: string }>('every_type', {
      key: codecs.uint32,
      nowhere: codecs.string,
    });
    const block = createBlock(stranger);
    block.append({ key: 1, nowhere: 'x' });
    await expect(insert(block)).rejects.toThrow();
  });
});
