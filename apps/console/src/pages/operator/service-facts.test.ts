import { expect, it } from 'vitest';
import { factsOf } from './service-facts.ts';

it('facts of a service are told in words, with their units', () => {
  const facts = { searchesUnderWay: 1_200, accountCacheBytes: 1_200_000, state: 'on', queueBytes: 0 };
  expect(factsOf({ ...facts, cutsAgeSeconds: 5, lagSeconds: 130 })).toEqual([
    ['searches under way', '1,200'],
    ['account cache', '1.2 MB'],
    ['state', 'on'],
    ['events waiting to be stored', 'none'],
    ['hidden posts read', '5 seconds old'],
    ['behind the network by', '2 minutes'],
  ]);
});
