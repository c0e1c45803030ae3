import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankTerms, scoreOf } from './rank-trends.ts';

const counted = (counts: Readonly<Record<string, [accounts: number, usual: number]>>, most = 50) => {
  const candidates = Object.entries(counts).map(([term, [accounts]]) => ({ lang: 'en', term, accounts }));
  return rankTerms(candidates, ({ term }) => (counts[term]?.[1] ?? 0) * 7, { days: 7, most });
};
const termsOf = (...args: Parameters<typeof counted>) => counted(...args).map(({ term }) => term);

describe('a score', () => {
  test('rises with the accounts, falls with the usual, and is 0 at it', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(count, count, (accounts, usual) => {
        expect(scoreOf(usual, usual)).toBe(0);
        expect(scoreOf(accounts + 1, usual)).toBeGreaterThan(scoreOf(accounts, usual));
        if (accounts > usual + 1) expect(scoreOf(accounts, usual + 1)).toBeLessThan(scoreOf(accounts, usual));
      }),
    );
  });

  test('is higher for a new term of ten accounts than for a frequent one that is a fifth above its usual', () => {
    expect(scoreOf(10, 0)).toBeGreaterThan(scoreOf(6_000, 5_000));
  });
});

describe('rankTerms', () => {
  test('gives terms that are above their usual, the highest score first, and no more than are wanted', () => {
    const counts: Parameters<typeof counted>[0] = { '#a': [9, 1], '#b': [20, 1], '#c': [5, 5], '#d': [5, 9] };
    expect(counted(counts)).toEqual([
      { lang: 'en', term: '#b', accounts: 20, usual: 1, score: scoreOf(20, 1) },
      { lang: 'en', term: '#a', accounts: 9, usual: 1, score: scoreOf(9, 1) },
    ]);
    expect(termsOf(counts, 1)).toEqual(['#b']);
  });

  test('lets one of a domain and those below it stand', () => {
    expect(termsOf({ '/co.uk': [20, 10], '/www.paper.co.uk': [9, 0], '/paper.co.uk': [12, 0] })).toEqual([
      '/paper.co.uk',
    ]);
    expect(termsOf({ '/co.uk': [9, 0], '/paper.co.uk': [9, 0] })).toEqual(['/paper.co.uk']);
    expect(termsOf({ '/a.example': [9, 0], '/b.example': [9, 0], '/ba.example': [9, 0] })).toHaveLength(3);
  });

  test('depends on no order of the candidates', () => {
    const list = fc.uniqueArray(fc.record({ term: fc.constantFrom('a', 'bb', 'c', 'dd', 'e'), accounts: fc.nat(9) }), {
      selector: ({ term }) => term,
    });
    fc.assert(
      fc.property(list, (terms) => {
        const ranked = (some: typeof terms) =>
          rankTerms(
            some.map((each) => ({ ...each, lang: '' })),
            () => 7,
            { days: 7, most: 3 },
          );
        expect(ranked(terms.toReversed())).toEqual(ranked(terms));
      }),
    );
  });
});
