import { describe, expect, it } from 'vitest';
import { againstUsual, queryOf, shownTerm } from './trend-terms.ts';

describe('a trend', () => {
  it('is shown, and searched for, as people write it', () => {
    expect(shownTerm({ kind: 'tags', term: 'caturday' })).toBe('#caturday');
    expect(shownTerm({ kind: 'tags', term: '$aapl' })).toBe('$aapl');
    expect(shownTerm({ kind: 'words', term: 'cat' })).toBe('cat');
    expect(queryOf({ kind: 'links', term: 'example.com' })).toBe('domain:example.com');
    expect(queryOf({ kind: 'tags', term: 'caturday' })).toBe('#caturday');
  });

  it('says how far it is above its usual', () => {
    expect(againstUsual({ accounts: 521, usual: 10 })).toBe('52 times the usual 10');
    expect(againstUsual({ accounts: 15, usual: 10 })).toBe('1.5 times the usual 10');
    expect(againstUsual({ accounts: 15, usual: 0.2 })).toBe('usually none');
  });
});
