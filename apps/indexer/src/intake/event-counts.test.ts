import type { CommitEvent } from '@updraft/atproto';
import { expect, test } from 'vitest';
import { createEventCounts } from './event-counts.ts';

function commit(collection: string, operation: CommitEvent['operation'], timeUs = 1): CommitEvent {
  const rev = { micros: 1, clockId: 0 };
  return {
    kind: 'commit',
    did: 'did:plc:a',
    timeUs,
    cursor: undefined,
    rev,
    operation,
    collection,
    rkey: 'self',
    record: {},
  };
}

test('a thousand invented collections are one label', () => {
  const counts = createEventCounts();
  for (let i = 0; i < 1_000; i++) counts.add(commit(`com.example.invented${i}`, 'create'));
  counts.add(commit('app.bsky.feed.like', 'delete'));
  counts.add({ kind: 'identity', did: 'did:plc:a', timeUs: 1, cursor: undefined, handle: undefined, eventMicros: 1 });
  expect(counts.list()).toEqual([
    { kind: 'commit', operation: 'create', collection: 'other', events: 1_000 },
    { kind: 'commit', operation: 'delete', collection: 'app.bsky.feed.like', events: 1 },
    { kind: 'identity', operation: '', collection: '', events: 1 },
  ]);
  expect(counts.total()).toBe(1_002);
});

test('the time of the last events is not moved by strange ones among them', () => {
  const counts = createEventCounts();
  expect(counts.timeUs()).toBeUndefined();
  for (let i = 0; i < 200; i++) counts.add(commit('a.b.c', 'create', i % 5 === 0 ? 1 : 1_000_000 + i));
  expect(counts.timeUs()).toBeGreaterThan(1_000_000);
});
