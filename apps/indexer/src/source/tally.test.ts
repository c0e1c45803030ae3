import type { StreamEvent } from '@updraft/jetstream';
import { describe, expect, test } from 'vitest';
import { createTally, type Tally, thinnerCollections } from './tally.ts';

const [FROM, TO] = [1_783_175_888_000_000, 1_783_175_948_000_000];
const LIKE = 'app.bsky.feed.like';
const POST = 'app.bsky.feed.post';

function commit(nth: number, micros: number, collection = LIKE): StreamEvent {
  return {
    kind: 'commit',
    did: `did:plc:${nth}`,
    timeUs: micros,
    cursor: undefined,
    rev: { micros, clockId: 0 },
    operation: 'create',
    collection,
    rkey: `${nth}`,
    record: {},
  };
}

const tallyOf = (...events: StreamEvent[]): Tally => {
  const tally = createTally({ fromMicros: FROM, toMicros: TO, marginMicros: 1_000 });
  for (const event of events) tally.add(event);
  return tally;
};
const some = (count: number, collection = LIKE) =>
  Array.from({ length: count }, (_, nth) => commit(nth, FROM + 1 + nth, collection));

describe('a tally', () => {
  test('counts the commits of its stretch, by collection', () => {
    const tally = tallyOf(...some(3), ...some(2, POST), commit(9, FROM), commit(9, TO + 1));
    expect([tally.commitsOf(LIKE), tally.commitsOf(POST)]).toEqual([3, 2]);
  });

  test('counts a repository that comes as a whole, as only v2 shows it, as one commit', () => {
    const replacement = Array.from({ length: 500 }, () => commit(1, FROM + 5));
    expect(tallyOf(...replacement).commitsOf(LIKE)).toBe(1);
  });

  test('is over when many accounts are past it, not when one with a wrong clock is', () => {
    const late = (accounts: number) =>
      Array.from({ length: 100 }, (_, nth) => commit(nth % accounts, TO + 2_000 + nth));
    expect(tallyOf(...late(1)).isOver()).toBe(false);
    expect(tallyOf(...late(50)).isOver()).toBe(true);
  });
});

test('a host is thinner in a collection of which it has markedly less, where there is enough to say so', () => {
  const theirs = tallyOf(...some(200), ...some(400, POST), ...some(90, 'a.b.c'));
  expect(thinnerCollections(tallyOf(...some(150), ...some(350, POST)), theirs)).toEqual([]);
  expect(thinnerCollections(tallyOf(...some(100), ...some(100, POST)), theirs)).toEqual([POST, LIKE]);
  expect(thinnerCollections(theirs, tallyOf(...some(100)))).toEqual([]);
});
