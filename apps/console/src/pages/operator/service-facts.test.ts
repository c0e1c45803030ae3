import { expect, it } from 'vitest';
import { factsOf, uptimeOf } from './service-facts.ts';

it('facts of a service are told in words', () => {
  expect(factsOf({ searchesUnderWay: 1_200, accountCacheBytes: 1_200_000, state: 'on' })).toEqual([
    ['searches under way', '1,200'],
    ['account cache', '1.2 MB'],
    ['state', 'on'],
  ]);
});

it('an uptime has one unit', () => {
  expect([0, 59, 3_600, 200_000].map(uptimeOf)).toEqual(['0 seconds', '59 seconds', '1 hour', '2 days']);
});
