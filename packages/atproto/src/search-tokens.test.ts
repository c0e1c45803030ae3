import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldAccents, isFolded } from './fold-accents.ts';
import { addressToken, domainOf, domainToken } from './link-tokens.ts';
import { altTokens, exactTokens, postTokens, type QueryTokens, queryTokens } from './search-tokens.ts';
import { searchTokens } from './text-tokens.ts';
import {
  BACKDATED_TOKEN,
  BORDER_TOKEN,
  backdatedToken,
  FOLD_TOKEN,
  langToken,
  MEDIA_TOKEN,
  mentionToken,
  tagToken,
} from './token-marks.ts';

describe('searchTokens', () => {
  test.each([
    ["Hello, World! don't 3,000", ['hello', 'world', 'don', 't', '3', '000']],
    ['STRASSE Straße STRAẞE Größe', ['strasse', 'strasse', 'strasse', 'grösse']],
    ['Привет, МИР', ['привет', 'мир']],
    ['ΟΔΟΣ οδος', ['οδοσ', 'οδοσ']],
    ['東京都 猫', ['東京', '京都', '猫']],
    ['iPhoneを買う', ['iphone', 'を買', '買う']],
    ['ไทย', ['ไท', 'ทย']],
    ['안녕하세요', ['안녕', '녕하', '하세', '세요']],
    ['ｶﾞｷﾞ Ａｂｃ', ['ガギ', 'abc']],
    ['क्षत्रिय', ['क्षत्रिय']],
    ['می‌خواهم', ['میخواهم']],
    ['İstanbul', ['istanbul']],
    ['👩‍👩‍👧‍👦🇩🇪👍🏽 1️⃣', ['👩‍👩‍👧‍👦', '🇩🇪', '👍🏽', '1⃣']],
    ['❤️❤', ['❤', '❤']],
    ['', []],
    ['… — !', []],
  ])('%j is found by %j', (text, tokens) => {
    expect(searchTokens(text)).toEqual(tokens);
  });

  test('takes any string, gives only whole, bounded, non-empty tokens', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const tokens = searchTokens(text);
        expect(tokens.length).toBeLessThanOrEqual(4096);
        for (const token of tokens) {
          expect(token).not.toBe('');
          expect([...token].length).toBeLessThanOrEqual(64);
          expect(token.isWellFormed()).toBe(true);
        }
      }),
    );
    expect(searchTokens('a '.repeat(10_000))).toHaveLength(4096);
    expect(searchTokens('東'.repeat(10_000))).toHaveLength(4096);
    expect(searchTokens('x'.repeat(100_000))).toEqual(['x'.repeat(64)]);
  });

  test('gives for ASCII the same on its short way as on the long one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(searchTokens(`${text} \u2014`)).toEqual(searchTokens(text));
      }),
    );
  });

  test('reads texts that a space divides one after the other', () => {
    fc.assert(
      fc.property(anyText(), anyText(), (a, b) => {
        expect(searchTokens(`${a} ${b}`)).toEqual([...searchTokens(a), ...searchTokens(b)]);
      }),
    );
  });

  test('finds a token by itself', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        for (const token of searchTokens(text)) expect(searchTokens(token)).toEqual([token]);
      }),
    );
  });
});

describe('queryTokens', () => {
  test('every part of a run without spaces finds the post, no rearrangement of it does', () => {
    const run = fc.array(fc.constantFrom(...'東京都大阪府ねこカーไทยกี่한국'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(run, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 11 }), (characters, from, length, turn) => {
        const text = characters.join('');
        const start = from % characters.length;
        const part = characters.slice(start, start + 1 + (length % (characters.length - start))).join('');
        expect(finds(part, `— ${text}!`)).toBe(true);
        const turned = [...characters.slice(turn), ...characters.slice(0, turn)].join('');
        expect(finds(turned, `— ${text}!`)).toBe(text.includes(turned));
      }),
    );
  });

  test('words are found whole, in any case, and phrases in their order only', () => {
    expect(finds('мир', 'Привет, Мир!')).toBe(true);
    expect(finds('рим', 'Привет, Мир!')).toBe(false);
    expect(finds('STRASSE', 'eine Straße')).toBe(true);
    expect(finds('stra', 'eine Straße')).toBe(false);
    expect(finds('quick brown', 'The QUICK, brown fox')).toBe(true);
    expect(finds('brown quick', 'The QUICK, brown fox')).toBe(false);
    expect(finds("don't", 'I don’t know')).toBe(true);
  });

  test('an emoji is not found by its parts', () => {
    expect(finds('👍', 'ok 👍')).toBe(true);
    expect(finds('👍', 'ok 👍🏽')).toBe(false);
    expect(finds('👩', '👩‍👩‍👧‍👦')).toBe(false);
    expect(finds('❤️', 'I ❤ you')).toBe(true);
  });

  test('what holds nothing to be found by asks for nothing', () => {
    expect(queryTokens('…!')).toEqual({ words: [], phrases: [], marks: [] });
  });

  test('a word is found in any accents, a quoted one as it is written', () => {
    for (const [query, text] of [
      ['cafe', 'Un CAFÉ, por favor'],
      ['café', 'a cafe'],
      ['café', 'un cafè'],
      ['елка', 'Ёлка'],
      ['Αθηνα', 'Αθήνα'],
      ['strasse', 'Straße'],
    ] as const) {
      expect(finds(query, text)).toBe(true);
    }
    expect(findsExactly('cafe', 'Un café, por favor')).toBe(false);
    expect(findsExactly('cafe', 'café or cafe')).toBe(true);
    expect(findsExactly('café', 'a cafe')).toBe(false);
    expect(findsExactly('café', 'Un CAFÉ')).toBe(true);
    expect(finds('йод', 'иод')).toBe(false);
  });

  test('no phrase is found across the folded words, nor across a text and what stands beside a picture', () => {
    expect(findsExactly('cafe resume', 'café or résumé')).toBe(false);
    expect(findsExactly('resume cafe', 'café résumé')).toBe(false);
    const captions = ['a green door', 'the red house'];
    expect(findsExactly('green door', 'welcome', captions)).toBe(true);
    expect(finds('house', 'welcome', captions)).toBe(true);
    expect(findsExactly('welcome a', 'welcome', captions)).toBe(false);
    expect(findsExactly('door the', 'welcome', captions)).toBe(false);
  });
});

describe('marks', () => {
  test('stand behind the text, each once', () => {
    const post = {
      text: 'Ein schönes Bild',
      tags: ['Kunst', 'KUNST'],
      mentions: ['did:plc:a'],
      langs: ['de', 'pt-BR', 'pt'],
      links: ['https://kunst.example/'],
    };
    expect(postTokens({ ...post, captions: ['Eine Tür', '!'], hasEmbeddedMedia: true }, TIME)).toEqual([
      'ein',
      'schönes',
      'bild',
      BORDER_TOKEN,
      'eine',
      'tür',
      BORDER_TOKEN,
      BORDER_TOKEN,
      '%eine',
      '%tür',
      BORDER_TOKEN,
      FOLD_TOKEN,
      'schones',
      FOLD_TOKEN,
      'tur',
      FOLD_TOKEN,
      '%tur',
      tagToken('#kunst'),
      mentionToken('did:plc:a'),
      langToken('DE'),
      langToken('pt'),
      langToken('pt-br'),
      MEDIA_TOKEN,
      addressToken('https://kunst.example/'),
      domainToken('kunst.example'),
    ]);
  });

  test('name the domain of each web address, and those above it', () => {
    const links = [
      'https://WWW.Example.co.uk:8080/a?b#c',
      'http://münchen.de',
      'https://www.example.co.uk',
      'ftp://a.example',
    ];
    const domains = postTokens({ ...EMPTY, links }, TIME).filter((mark) => !mark.startsWith('//'));
    expect(domains).toEqual(['www.example.co.uk', 'example.co.uk', 'co.uk', 'xn--mnchen-3ya.de'].map(domainToken));
    const none = [
      'https://localhost',
      'https://127.0.0.1',
      'https://[::1]/',
      'https://',
      'example.com',
      `https://${'a.'.repeat(5_000)}b`,
    ];
    expect(postTokens({ ...EMPTY, links: none }, TIME)).toEqual([]);
  });

  test('are the same for an address by the short way as by the long one', () => {
    const labels = fc.array(fc.stringMatching(/^[a-z0-9-]{1,8}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(labels, fc.constantFrom('', '/', '/p', '?q', '#f'), (parts, rest) => {
        const host = parts.join('.');
        expect(domainOf(`https://${host}${rest}`)).toBe(domainOf(`HTTPS://${host}${rest}`));
      }),
    );
  });

  test('of alternative texts find their words and phrases, and nothing of the text or of a link', () => {
    const described = { ...EMPTY, text: 'a red door', captions: ['Un café', 'blue house 猫'], hasEmbeddedMedia: true };
    const has = (post: typeof described, tokens: QueryTokens) => hasAll(altTokens(tokens), postTokens(post, TIME));
    for (const found of ['cafe', 'house', 'blue', '猫']) expect(has(described, queryTokens(found))).toBe(true);
    for (const absent of ['door', 'un blue']) expect(has(described, queryTokens(absent))).toBe(false);
    expect(has(described, exactTokens('blue house'))).toBe(true);
    for (const absent of ['house blue', 'cafe']) expect(has(described, exactTokens(absent))).toBe(false);
    expect(has({ ...described, hasEmbeddedMedia: false }, queryTokens('house'))).toBe(false);
  });

  test('name a language by each of its prefixes', () => {
    const tokens = postTokens({ ...EMPTY, langs: ['zh-Hant-TW', 'en', '-x'] }, TIME);
    expect(tokens).toEqual(['zh', 'zh-Hant', 'zh-Hant-TW', 'en', '-x'].map(langToken));
  });

  test('name the cashtags of facets and texts', () => {
    expect(postTokens({ ...EMPTY, tags: ['$aapl'] }, TIME)).toEqual([tagToken('$AAPL')]);
    expect(tagToken('＃＄AAPL')).toBe(tagToken('$aapl'));
    const found = (text: string) => tokensOfText(text).filter((token) => token.startsWith('#'));
    expect(found('$AAPL up, ($btc) down; $A.')).toEqual(['#$aapl', '#$btc', '#$a']);
    expect(found('$5 $5K US$AAPL $TOOLONG $a-b $$x $_')).toEqual([]);
    expect(found('$a '.repeat(10) + Array.from({ length: 100 }, (_, i) => `$t${i} `).join(''))).toHaveLength(55);
  });

  test('stay bounded, whatever a post holds', () => {
    const word = (i: number) => `é${'abcdefghij'[i % 10]}${i}`;
    const long = Array.from({ length: 6_000 }, (_, i) => word(i)).join(' ');
    const captions = Array.from({ length: 24 }, () => long);
    expect(postTokens({ ...EMPTY, text: long, captions }, TIME).length).toBeLessThanOrEqual(4_096 + 24 + 2 * 1_024);
    const described = postTokens({ ...EMPTY, text: long, captions, hasEmbeddedMedia: true }, TIME);
    expect(described.length).toBeLessThanOrEqual(2 * (4_096 + 24 + 2 * 1_024) + 1);
  });

  test('tell of a post that stands among other ones than it is sorted by', () => {
    const { recordHour, sortAtMs } = TIME;
    expect(postTokens(EMPTY, { recordHour: recordHour + 1, sortAtMs })).toEqual([]);
    for (const elsewhere of [recordHour + 2, 0])
      expect(postTokens(EMPTY, { recordHour: elsewhere, sortAtMs })).toEqual([
        BACKDATED_TOKEN,
        backdatedToken(sortAtMs),
      ]);
    expect(backdatedToken(sortAtMs)).toBe('<20273');
  });

  test('name each whole address: scheme and host as URLs have them, the rest as it is written', () => {
    const marks = (...links: string[]) => postTokens({ ...EMPTY, links }, TIME).filter((mark) => mark.startsWith('//'));
    const [mark] = marks('https://example.com/a?b=C#d');
    expect(marks('HTTPS://Example.com:443/a?b=C#d', 'https://example.com/a?b=C#d')).toEqual([mark]);
    const others = [
      'http://example.com/a?b=C#d',
      'https://example.com/A?b=C#d',
      'https://example.com/a?b=C',
      'https://example.com/a/',
    ];
    expect(new Set([mark, ...marks(...others)]).size).toBe(5);
    expect(marks('https://localhost/a', 'ftp://example.com/a')).toEqual([]);
    expect(mark).toBe(addressToken('https://example.com/a?b=C#d'));
  });

  test('are never made from the text', () => {
    const marks = [
      '%red',
      '%~字',
      '/example.com',
      addressToken('https://example.com'),
      '#kunst',
      '@did:plc:a',
      '=de',
      '+media',
      '~字',
      '<',
      '<20273',
      '|',
      '^',
      '#$aapl',
    ];
    expect(tokensOfText(marks.join(' ')).filter((token) => marks.includes(token))).toEqual(['~字']);
  });
});

const TIME = { recordHour: 486_564, sortAtMs: Date.UTC(2025, 6, 4, 12) };

const EMPTY = { text: '', captions: [], tags: [], mentions: [], langs: [], hasEmbeddedMedia: false, links: [] };

function tokensOfText(text: string, captions: readonly string[] = []): string[] {
  return postTokens({ ...EMPTY, text, captions }, TIME);
}

/** Whether a post with this text has what the word of a query asks for: the rule that SQL follows. */
function finds(query: string, text: string, captions?: readonly string[]): boolean {
  return hasAll(queryTokens(query), tokensOfText(text, captions));
}

function findsExactly(query: string, text: string, captions?: readonly string[]): boolean {
  return hasAll(exactTokens(query), tokensOfText(text, captions));
}

function hasAll({ words, phrases, marks }: QueryTokens, tokens: readonly string[]): boolean {
  const folds = tokens.indexOf(FOLD_TOKEN);
  const asWritten = (phrase: readonly string[]) =>
    phrase.length > 1 || !isFolded(phrase[0] ?? '') || folds < 0 || tokens.indexOf(phrase[0] ?? '') < folds;
  return (
    words.every((word) => tokens.includes(foldAccents(word))) &&
    marks.every((mark) => tokens.includes(mark)) &&
    phrases.every((phrase) => hasInOrder(tokens, phrase) && asWritten(phrase))
  );
}

function hasInOrder(tokens: readonly string[], phrase: readonly string[]): boolean {
  return tokens.some((_, start) => phrase.every((token, i) => tokens[start + i] === token));
}

function anyText(): fc.Arbitrary<string> {
  const interesting = fc.constantFrom(...'aßẞIİıΣςſé東京ーัไทย한ｶﾞ👍🏽🇩🇪❤️1️⃣ \u200D\u00AD\u0301\u0307\uD83D');
  const mixed = fc.array(interesting, { maxLength: 30 }).map((parts) => parts.join(''));
  return fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), mixed);
}
