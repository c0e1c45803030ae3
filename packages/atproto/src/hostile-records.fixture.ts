import fc from 'fast-check';
import { formatTid, type Tid } from './tid.ts';
import type { Version } from './version.ts';

// Arbitraries of what a row's form must withstand: for the tests of it in TypeScript and on the engine.

const NOW_MS = Date.UTC(2026, 6, 4, 12);
const URI = 'at://did:plc:r2zybk6op3ymzpz6jhqpkoy5/app.bsky.feed.post/3mpsjbtci2c2o';
/** Those with a subject, and one without. */
export const COLLECTIONS: readonly string[] = [
  'app.bsky.feed.like',
  'app.bsky.feed.repost',
  'app.bsky.graph.follow',
  'app.bsky.graph.block',
  'a.b.c',
];

const micros = fc.oneof(
  fc.constantFrom(0, Date.UTC(1990, 0) * 1000, Date.UTC(2035, 0) * 1000, Date.UTC(2111, 11, 31) * 1000, 2 ** 52 - 1),
  fc.integer({ min: Date.UTC(2022, 9, 30) * 1000, max: Date.UTC(2022, 10, 3) * 1000 }),
  fc.integer({ min: (NOW_MS - 5_000) * 1000, max: (NOW_MS + 5_000) * 1000 }),
);
export const rev: fc.Arbitrary<Tid> = fc.record({ micros, clockId: fc.constantFrom(0, 1023) });
export const rkey: fc.Arbitrary<string> = fc.oneof(rev.map(formatTid), fc.constantFrom('self', 'a::b', '~'));
const createdAt = fc.oneof(
  fc.integer({ min: NOW_MS - 10_000, max: NOW_MS + 10_000 }).map((ms) => new Date(ms).toISOString()),
  fc.date({ noInvalidDate: true, min: new Date(-1e13), max: new Date(1e13) }).map((date) => date.toISOString()),
  fc.constantFrom(
    '2026-07-04T12:00:60.000Z',
    '2026-07-04T12:00:00.000z',
    '2026-07-04 12:00:00.000Z',
    '2200-01-01T00:00:00.000Z',
    '',
  ),
  fc.constantFrom(
    '1999-12-31T23:59:59.999Z',
    '2000-01-01T00:00:00.000Z',
    '2199-12-31T23:59:59.999Z',
    '2026-07-04T12:00:00Z',
    7,
  ),
);
const subject = fc.oneof(
  fc.constantFrom<unknown>(
    'did:plc:a',
    'did:web:a"b',
    { uri: URI },
    { cid: 'bafy', uri: URI },
    { uri: URI, cid: 'bafy' },
  ),
  fc.constantFrom<unknown>(
    { uri: URI, cid: 1 },
    { uri: URI, more: 1 },
    JSON.parse(`{"uri":"${URI}","__proto__":1}`),
    [],
    null,
  ),
);
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', '\\', '\n', '\t', '\u0001', '\u0004', '\ud800', 'é'),
    fc.string({ maxLength: 1 }),
  ),
});
const more = fc.dictionary(
  fc.constantFrom('via', '1', '__proto__', 'toJSON', '\u0002'),
  fc.oneof(text, fc.constant({ uri: URI, cid: 'bafy' }), fc.jsonValue({ maxDepth: 2 })),
  { maxKeys: 2 },
);

/** The members of an object in some order, as JSON.parse gives them. */
function shuffled(members: Record<string, fc.Arbitrary<unknown>>, rest: fc.Arbitrary<object>): fc.Arbitrary<unknown> {
  const list = fc.record(members, { requiredKeys: [] }).chain((given) => {
    const entries = Object.entries(given);
    return fc.oneof(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length }));
  });
  return fc.tuple(list, rest).map(([entries, extra]): unknown => {
    const parts = [...entries, ...Object.entries(extra)].map(
      ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
    );
    return JSON.parse(`{${parts.join(',')}}`);
  });
}

/** A record of one of COLLECTIONS. */
export const recordOfCollection: fc.Arbitrary<[string, unknown]> = fc.constantFrom(...COLLECTIONS).chain((collection) =>
  fc.tuple(
    fc.constant(collection),
    fc.oneof(
      {
        weight: 9,
        arbitrary: shuffled(
          { $type: fc.oneof(fc.constant(collection), fc.constantFrom(...COLLECTIONS)), createdAt, subject },
          more,
        ),
      },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
  ),
);

/** A version of an import: see importedVersion() of apps/admin. */
export const imported: fc.Arbitrary<Version | undefined> = fc.option(
  fc.nat().map((lo): Version => ({ hi: 200, lo })),
  { nil: undefined },
);

/** A record of a post. */
export const post: fc.Arbitrary<unknown> = fc.oneof(
  shuffled(
    {
      $type: fc.constantFrom('app.bsky.feed.post', 'x'),
      createdAt,
      langs: fc.oneof(fc.array(text), fc.constantFrom<unknown>(['en'], ['en', 'de'], [], [''], ['a","b'])),
      reply: fc.constantFrom<unknown>(
        { parent: { uri: URI, cid: 'b' }, root: { uri: URI } },
        { root: { uri: URI } },
        1,
      ),
      text: fc.oneof(text, fc.constantFrom('"text":""', '', '$&', '\u0004')),
      embed: fc.constantFrom<unknown>({ $type: 'app.bsky.embed.record', record: { uri: URI, cid: 'b' } }, { uri: URI }),
    },
    more,
  ),
  fc.jsonValue(),
);
