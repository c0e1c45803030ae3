import fc from 'fast-check';
import type { Operation } from './old-store.ts';
import { tid } from './old-store.ts';

const HOUR = 3_600_000_000;
const ISO = '2026-01-01T05:00:00.000Z';

const did = fc.integer({ min: 1, max: 6 }).map((n) => `did:plc:${String(n).padStart(24, 'a')}`);
const createdAt = fc.oneof(
  fc.integer({ min: 0, max: 20 * 3_600_000 }).map((ms) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString()),
  fc.constantFrom(
    ISO,
    '2026-01-01T05:00:00Z',
    '2026-01-01T05:00:00.000000Z',
    '2026-01-01T05:00:00.000+00:00',
    '2026-01-01T07:00:00.000+02:00',
    '2026-02-30T05:00:00.000Z',
    '1999-12-31T23:59:59.999Z',
    '2000-01-01T00:00:00.000Z',
    '2199-12-31T23:59:59.999Z',
    '2200-01-01T00:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
    '2024-06-30T23:59:60.000Z',
    'yesterday',
    '',
    17,
    null,
  ),
);
const rkey = fc.oneof(
  fc.integer({ min: 0, max: 20 * HOUR }).map((micros) => tid(micros)),
  fc.constantFrom(
    'self',
    'zzzzzzzzzzzzz',
    '2222222222222',
    tid(-4 * 365 * 24 * HOUR),
    tid(10 * 365 * 24 * HOUR),
    'a:b~c_d.e',
  ),
);
const rev = fc.integer({ min: 0, max: 24 * HOUR }).map((micros) => tid(micros, 9));
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '"',
    '\\',
    '\\"',
    '\n',
    'a\u0001b',
    '\u0004',
    '\\u0004',
    '\u2028',
    '😀',
    '"text":"x"',
    '\ud800',
    "'; --",
  ),
);
const uri = fc.constantFrom(
  'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaa1/app.bsky.feed.post/3lbg7c2zu2k2a',
  'at://did:web:example.com/app.bsky.feed.post/self',
  'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaa1/"quoted"',
  'nonsense',
);
const member = fc.record(
  {
    via: fc.record({ uri }),
    zzz: fc.oneof(text, fc.integer(), fc.constant(null)),
    aaa: text,
    'sub"ject': text,
  },
  { requiredKeys: [] },
);

const like = fc
  .tuple(member, createdAt, uri, fc.constantFrom('app.bsky.feed.like', 'app.bsky.feed.repost'), fc.boolean())
  .map(([more, at, subject, $type, odd]) => ({
    $type,
    createdAt: at,
    subject: odd ? { uri: subject, x: 1 } : { uri: subject, cid: 'bafy' },
    ...more,
  }));
const follow = fc.tuple(member, createdAt, fc.oneof(did, fc.constantFrom('', 'me', 3))).map(([more, at, subject]) => ({
  $type: 'app.bsky.graph.follow',
  createdAt: at,
  subject,
  ...more,
}));
const post = fc
  .record(
    {
      $type: fc.constantFrom('app.bsky.feed.post', 'x'),
      createdAt,
      text: fc.oneof(text, fc.constant(7)),
      langs: fc.oneof(fc.array(fc.constantFrom('en', 'de-AT', 'x"y', '')), fc.constant('en')),
      reply: fc.record({ root: fc.record({ uri }), parent: fc.record({ uri, cid: fc.constant('bafy') }) }),
      embed: fc.record({
        $type: fc.constant('app.bsky.embed.record'),
        record: fc.record({ uri, cid: fc.constant('bafy') }),
      }),
      tags: fc.array(text),
    },
    { requiredKeys: [] },
  )
  .map((record) => record as unknown);
const nonsense = fc.constantFrom<unknown>(null, [], 'text', 5, {}, { subject: null }, { createdAt: ISO });
const record = fc.oneof(
  { weight: 3, arbitrary: like },
  { weight: 2, arbitrary: follow },
  { weight: 3, arbitrary: post },
  { weight: 1, arbitrary: nonsense },
);
const operation: fc.Arbitrary<Operation> = fc
  .record({
    did,
    rkey,
    rev,
    record,
    isDelete: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    isOdd: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    other: fc.constantFrom('app.bsky.feed.like', 'app.bsky.feed.post', 'app.bsky.actor.profile', 'com.example.thing'),
    imported: fc.option(fc.bigInt({ min: 1n, max: 1n << 52n }), { freq: 8 }),
  })
  .map(({ isDelete, isOdd, other, imported, ...rest }) => {
    const named = (rest.record as { $type?: string } | null)?.$type;
    const collection = isOdd || named === undefined || !named.includes('.') ? other : named;
    return {
      ...rest,
      collection,
      ...(isDelete && { operation: 'delete' as const }),
      ...(imported !== null && { version: imported }),
    };
  });

/** Records of all kinds, many of them odd, some keys several times; always the same for one seed. */
export function hostileOperations(count: number, seed = 1): Operation[] {
  const made = fc.sample(operation, { numRuns: count, seed });
  const seen = new Set<string>();
  return made.filter(({ did: repo, collection, rkey: key, rev: at, version }) => {
    // Of two operations on one key at one rev the order of arrival would decide, which a test of equality can't allow.
    const id = [repo, collection, key, version ?? at].join(' ');
    return !seen.has(id) && seen.add(id);
  });
}
