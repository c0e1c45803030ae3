import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowFault } from '../errors.ts';
import { type PostRow, postRows } from '../tables/post-rows.ts';
import { createBlock } from './block.ts';
import {
  arrayOfStrings,
  bool,
  dateTime,
  dateTime64Micros,
  dateTime64Ms,
  fixedString,
  float64,
  string,
  uint16,
  uint32,
  uint64,
  version,
} from './codecs.ts';
import { defineTable, snakeCase } from './table.ts';
import { createRowBinaryWriter, writtenBytes } from './writer.ts';

const post: PostRow = {
  recordHour: 490_000,
  did: 'did:plc:abc',
  rkey: '3lzrksmt6jk2b',
  operation: 'create',
  sortAt: 1_764_000_000_123,
  text: 'hi 👋',
  langs: ['en'],
  tags: [],
  mentions: ['did:plc:x', 'did:plc:y'],
  tokens: ['hi', '👋', '=en'],
  parentUri: '',
  rootUri: '',
  quoteUri: '',
  embed: 'none',
  hasEmbeddedMedia: false,
  jsonRest: '\u0001',
  version: { hi: 0xdead_beef, lo: 0xffff_ffff },
  deleted: true,
};

const postRow: fc.Arbitrary<PostRow> = fc.record({
  recordHour: fc.nat(0xffff_ffff),
  did: fc.string({ unit: 'binary' }),
  rkey: fc.string({ maxLength: 600 }),
  operation: fc.constantFrom('create', 'update', 'delete'),
  sortAt: fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2300, 0, 1) - 1 }),
  text: fc.string({ unit: 'binary', maxLength: 300 }),
  langs: fc.array(fc.string()),
  tags: fc.array(fc.string({ unit: 'binary' })),
  mentions: fc.array(fc.string()),
  tokens: fc.array(fc.string({ unit: 'binary' })),
  parentUri: fc.string(),
  rootUri: fc.string(),
  quoteUri: fc.string(),
  embed: fc.string(),
  hasEmbeddedMedia: fc.boolean(),
  jsonRest: fc.string({ unit: 'binary' }),
  version: fc.record({ hi: fc.nat(0xffff_ffff), lo: fc.nat(0xffff_ffff) }),
  deleted: fc.boolean(),
});

describe('a block', () => {
  it('gives back every row that was appended, whatever the rows before it', () => {
    fc.assert(
      fc.property(fc.array(postRow, { minLength: 1, maxLength: 20 }), (rows) => {
        const block = createBlock(postRows);
        for (const row of rows) block.append(row);
        rows.forEach((row, index) => expect(block.row(index)).toEqual(row));
        expect(block.rows).toBe(rows.length);
      }),
    );
  });

  it('is the same bytes as its slices one after the other', () => {
    const block = createBlock(postRows);
    for (let index = 0; index < 100; index++) block.append({ ...post, rkey: 'x'.repeat(index) });
    const cut = [0, 1, 37, 38, 100];
    const parts = cut.slice(1).map((to, index) => block.slice(cut[index] ?? 0, to));
    expect(Buffer.concat(parts)).toEqual(Buffer.from(block.slice(0, 100)));
    expect(block.slice(50, 50)).toHaveLength(0);
  });

  it('is as before after a row that does not fit', () => {
    const block = createBlock(postRows);
    block.append(post);
    const bytes = block.byteLength;
    expect(() => block.append({ ...post, deleted: 1 as unknown as boolean })).toThrow(RowFault);
    expect(block).toMatchObject({ rows: 1, byteLength: bytes });
    block.append({ ...post, rkey: 'next' });
    expect(block.row(1)).toMatchObject({ rkey: 'next' });
  });

  it('starts anew after clear', () => {
    const block = createBlock(postRows);
    block.append({ ...post, text: 'x'.repeat(200_000) });
    block.clear();
    expect(block).toMatchObject({ rows: 0, byteLength: 0 });
    block.append(post);
    expect(block.row(0)).toEqual(post);
  });
});

describe('rows are checked before they are encoded', () => {
  const refused = {
    uint16: [uint16, [-1, 65_536, 0.1, Number.POSITIVE_INFINITY]],
    uint32: [uint32, [-1, 2 ** 32, 0.5, Number.NaN, '7', null, undefined, 3n]],
    uint64: [uint64, [-1, 2 ** 53, 0.5, Number.NaN, '7']],
    version: [version, [{ hi: -1, lo: 0 }, { hi: 0, lo: 2 ** 32 }, { hi: 0.5, lo: 0 }, {}, null, 5]],
    float64: [float64, ['1', null, undefined]],
    bool: [bool, [0, 1, 'true', null, undefined]],
    string: [string, [5, null, undefined, ['x'], {}]],
    arrayOfStrings: [arrayOfStrings, ['x', [1], ['x', null], null, { length: 1 }]],
    dateTime: [dateTime, [-1, 2 ** 32, 1.5, Number.NaN]],
    dateTime64Ms: [dateTime64Ms, [Date.UTC(1900, 0, 1) - 1, Date.UTC(2300, 0, 1), 0.5, Number.NaN, new Date()]],
    dateTime64Micros: [dateTime64Micros, [Date.UTC(2300, 0, 1) * 1000, Number.NEGATIVE_INFINITY]],
    fixedString: [fixedString(4), ['abc', 'abcde', 'abcé', 1234, null]],
  } as const;

  it.each(Object.entries(refused))(
    '%s: what does not fit is a RowFault that names table, field and what was expected',
    (_, [codec, values]) => {
      const table = defineTable<{ theField: never }>('a_table', { theField: codec as never });
      for (const value of values) {
        const writer = createRowBinaryWriter();
        expect(() => table.encode({ theField: value as never }, writer)).toThrow(RowFault);
        expect(() => table.encode({ theField: value as never }, writer)).toThrow(
          `a_table.theField: expected ${codec.expected}, got `,
        );
        expect(writer.position).toBe(0);
      }
    },
  );
});

it('the header of a table is made once: count, names in snake_case, types', () => {
  const table = defineTable<{ actorDid: string; version: { hi: number; lo: number } }>('t', {
    actorDid: string,
    version,
  });
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  expect(Buffer.from(table.header)).toEqual(
    Buffer.concat([Buffer.from([2]), text('actor_did'), text('version'), text('String'), text('UInt64')]),
  );
});

it('snakeCase undoes the camelCase of a field', () => {
  expect(['did', 'actorDid', 'hasEmbeddedMedia'].map(snakeCase)).toEqual(['did', 'actor_did', 'has_embedded_media']);
});

it('a writer keeps what was written when it grows', () => {
  const table = defineTable<{ text: string }>('t', { text: string });
  const writer = createRowBinaryWriter(4);
  const lengths = [1, 42, 43, 63, 64, 65, 100, 127, 128, 5_461, 5_462, 16_383, 16_384, 16_385, 50_000];
  const texts = [
    '',
    'é',
    '\ud800',
    ...lengths.flatMap((length) => ['x', 'é', '漢'].map((letter) => letter.repeat(length))),
  ];
  for (const text of texts) table.encode({ text }, writer);
  let start = 0;
  for (const text of texts) {
    expect(table.decode(writtenBytes(writer), start).text).toBe(text.toWellFormed());
    const size = Buffer.byteLength(text.toWellFormed());
    start += size + (size < 0x80 ? 1 : size < 0x4000 ? 2 : 3);
  }
  expect(start).toBe(writer.position);
});

it('a text whose length takes more bytes than its characters let expect keeps its beginning', () => {
  const table = defineTable<{ text: string }>('t', { text: string });
  for (const text of [
    'ё'.repeat(65),
    'ё'.repeat(127),
    `${'a'.repeat(126)}é`,
    '語'.repeat(6_000),
    `${'a'.repeat(16_382)}é`,
  ]) {
    const writer = createRowBinaryWriter();
    table.encode({ text }, writer);
    expect(table.decode(writtenBytes(writer), 0).text).toBe(text);
  }
});
