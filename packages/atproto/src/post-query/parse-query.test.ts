import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePostQuery } from './parse-query.ts';
import { QuerySyntaxError } from './post-query.ts';

const word = (text: string) => ({ words: [text], phrases: [], marks: [] });
const text = (...phrase: string[]) => ({ words: [], phrases: [phrase], marks: [] });
const mark = (name: string) => ({ words: [], phrases: [], marks: [name] });

describe('parsePostQuery', () => {
  test('reads words, phrases and exclusions', () => {
    const query = parsePostQuery('Rust "memory safety" -java -"garbage collection" “smart quotes”');
    expect(query.include).toEqual([word('rust'), text('memory', 'safety'), text('smart', 'quotes')]);
    expect(query.exclude).toEqual([text('java'), text('garbage', 'collection')]);
  });

  test('reads every operator, in any case', () => {
    const query = parsePostQuery(
      'FROM:@Alice.Example.com -from:did:plc:abc mentions:me lang:pt-BR -has:media #Art since:2026-07-04 until:2026-07-05T12:00:00Z',
    );
    expect(query).toEqual({
      include: [mark('=pt-br'), mark('#art')],
      exclude: [mark('+media')],
      authors: [
        { identifier: 'alice.example.com', isExcluded: false },
        { identifier: 'did:plc:abc', isExcluded: true },
      ],
      mentions: [{ identifier: 'me', isExcluded: false }],
      sinceMs: Date.UTC(2026, 6, 4),
      untilMs: Date.UTC(2026, 6, 5, 12),
    });
  });

  test('reads the domains of links in any form, and what stands beside pictures', () => {
    const query = parsePostQuery(
      'domain:Example.COM domain:https://news.example.com/a?b alt:Katze -alt:hund alt:"red Door"',
    );
    expect(query.include).toEqual([
      mark('/example.com'),
      mark('/news.example.com'),
      word('%katze'),
      text('%red', '%door'),
    ]);
    expect(query.exclude).toEqual([text('%hund')]);
    expect(parsePostQuery('alt：“猫”').include).toEqual([mark('%~猫')]);
  });

  test('takes the narrower of two times', () => {
    const query = parsePostQuery('since:2026-07-04 since:2026-07-01 until:2026-08-01 until:2026-07-20');
    expect([query.sinceMs, query.untilMs]).toEqual([Date.UTC(2026, 6, 4), Date.UTC(2026, 6, 20)]);
  });

  test('takes an unknown operator, a lone dash and punctuation as text', () => {
    expect(parsePostQuery('https://example.com/a - ! # re: constructor:x').include).toEqual([
      text('https', 'example', 'com', 'a'),
      word('re'),
      text('constructor', 'x'),
    ]);
  });

  test('reads what people paste: full-width signs, marks of direction, addresses of profiles', () => {
    const query = parsePostQuery(
      '＃灯台めぐり \u202A#art\u202C lang：ja from:\u202A@Alice.Example.com\u202C mentions：＠me',
    );
    expect(query.include).toEqual([mark('#灯台めぐり'), mark('#art'), mark('=ja')]);
    expect(query.authors).toEqual([{ identifier: 'alice.example.com', isExcluded: false }]);
    expect(query.mentions).toEqual([{ identifier: 'me', isExcluded: false }]);
    const [author] = parsePostQuery('\u200Efrom:https://bsky.app/profile/alice.example.com/post/3k').authors;
    expect(author?.identifier).toBe('alice.example.com');
  });

  test('reads cashtags, and other sums as text', () => {
    expect(parsePostQuery('$AAPL ＄btc #$aapl $5 -$x').include).toEqual([
      mark('#$aapl'),
      mark('#$btc'),
      mark('#$aapl'),
      word('5'),
    ]);
    expect(parsePostQuery('a -$x').exclude).toEqual([mark('#$x')]);
  });

  test('means a word in any accents, and what is quoted or excluded as it is written', () => {
    const query = parsePostQuery('café "café" -cafe');
    expect([query.include, query.exclude]).toEqual([[word('café'), text('café')], [text('cafe')]]);
  });

  test('takes languages of any subtags', () => {
    expect(parsePostQuery('lang:zh-Hant-TW lang:de-CH-1996').include).toEqual([
      mark('=zh-hant-tw'),
      mark('=de-ch-1996'),
    ]);
  });

  test('a lone character of a script without spaces is a term', () => {
    expect(parsePostQuery('猫 東京').include).toEqual([mark('~猫'), word('東京')]);
  });

  test.each([
    ['', 0, 'empty'],
    ['   ', 0, 'empty'],
    ['… !', 0, 'nothing to search for'],
    ['fine "not closed', 5, 'not closed'],
    ['fine ""', 5, 'nothing within the quotes'],
    ['fine -from:', 5, 'handle or a DID'],
    ['from:nodots', 0, 'handle or a DID'],
    ['a since:yesterday', 2, 'expected a day'],
    ['since:2026-02-30', 0, 'expected a day'],
    ['-since:2026-02-03', 0, 'can not be excluded'],
    ['a has:gold', 2, "expected 'has:media'"],
    ['a domain:', 2, "expected a domain such as 'domain:example.com'"],
    ['a domain:no', 2, 'expected a domain'],
    ['a alt:!', 2, "expected a word, such as 'alt:cat'"],
    ['a alt:""', 2, 'nothing within the quotes'],
    ['lang:deutsch', 0, 'expected a language'],
    [`${'a'.repeat(999)} b`, 1000, '1000 characters'],
    [`${'a '.repeat(64)}b`, 128, '64 terms'],
  ])('refuses %j with the place', (query, position, message) => {
    const refused = catching(() => parsePostQuery(query));
    expect(refused.position).toBe(position);
    expect(refused.message).toContain(message);
    expect(refused.message).toContain(`character ${position + 1}`);
  });

  test('reads any string or says where it fails', () => {
    const pieces = fc.constantFrom(
      '"',
      '-',
      '#',
      ':',
      ' ',
      'from:',
      'since:',
      '2026-07-04',
      'a',
      '猫',
      '👍',
      '“',
      '@',
      '\uD800',
    );
    const queries = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(queries, (query) => {
        try {
          const { include, exclude } = parsePostQuery(query);
          for (const term of [...include, ...exclude])
            expect(term.words.length + term.phrases.length + term.marks.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof QuerySyntaxError)) throw error;
          expect(error.position).toBeGreaterThanOrEqual(0);
          expect(error.position).toBeLessThanOrEqual(query.length);
        }
      }),
    );
  });
});

function catching(act: () => unknown): QuerySyntaxError {
  try {
    act();
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
