import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldAccents, isFolded } from './fold-accents.ts';
import { searchTokens } from './text-tokens.ts';

describe('foldAccents', () => {
  test.for([
    ['café', 'cafe'],
    ['größe', 'grosse'],
    ['smørrebrød', 'smorrebrod'],
    ['łódź', 'lodz'],
    ['œuvre', 'oeuvre'],
    ['ısparta', 'isparta'],
    ['việt', 'viet'],
    ['nguyễn', 'nguyen'],
    ['αθήνα', 'αθηνα'],
    ['ΐ', 'ι'],
    ['ёлка', 'елка'],
    ['за\u0301мок', 'замок'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
    ['كـــتاب', 'كتاب'],
    ['е\u0301\u0308', 'е'],
    ['ё\u064F', 'е'],
  ] as const)('leaves the accents of %s out: %s', ([word, folded]) => {
    const [token = ''] = searchTokens(word);
    expect(foldAccents(token)).toBe(folded);
  });

  test.for([
    'cafe',
    '2026',
    'мой',
    'йод',
    'їжак',
    'ўзор',
    'ѓорѓи',
    'ガギ',
    'か\u3099',
    'क्षत्रिय',
    'กี่',
    'آب',
    '👍🏽',
    '東京',
  ])('keeps %s, which is no other word with accents', (word) => {
    const [token = ''] = searchTokens(word);
    expect(foldAccents(token)).toBe(token);
  });

  test('folds what is folded no further, for any text, and never to nothing', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'aéøœßıñệάΐёйѓїシشُـשָ\u0301\u0308\u0307कि') });
    fc.assert(
      fc.property(fc.oneof(letters, fc.string({ unit: 'binary' })), (text) => {
        for (const token of searchTokens(text).slice(0, 100)) {
          const folded = foldAccents(token);
          expect(folded).not.toBe('');
          expect(foldAccents(folded)).toBe(folded);
          if (folded !== token) expect(isFolded(token)).toBe(false);
        }
      }),
    );
  });
});
