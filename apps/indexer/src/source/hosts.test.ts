import { describe, expect, test } from 'vitest';
import { createHostRotation, GOOD_CONNECTION_MS } from './hosts.ts';

const HOSTS = ['a', 'b', 'c'];
const good = { delivered: true, lastedMs: GOOD_CONNECTION_MS, onPurpose: false };
const short = { delivered: true, lastedMs: 1, onPurpose: false };
const fruitless = { delivered: false, lastedMs: 1, onPurpose: false };
const onPurpose = { delivered: true, lastedMs: 1, onPurpose: true };

/** The hosts that are read, one after each end. */
function visited(ends: readonly (typeof good)[], preferred?: string): string[] {
  const rotation = createHostRotation(HOSTS, preferred);
  return [rotation.current(), ...ends.map((end) => (rotation.ended(end), rotation.current()))];
}

describe('the host that is read next', () => {
  test('is the first of the list, or the one that was read last', () => {
    expect(visited([])).toEqual(['a']);
    expect(visited([], 'b')).toEqual(['b']);
    expect(visited([], 'gone from the list')).toEqual(['a']);
  });

  test('is the same after a good connection', () => {
    expect(visited([good, good])).toEqual(['a', 'a', 'a']);
  });

  test('is the same after an end on purpose', () => {
    expect(visited([onPurpose, onPurpose, onPurpose])).toEqual(['a', 'a', 'a', 'a']);
  });

  test('is the next one, round and round, while hosts bring nothing', () => {
    expect(visited([fruitless, fruitless, fruitless, fruitless])).toEqual(['a', 'b', 'c', 'a', 'b']);
  });

  test('is the next one after the second short connection in a row', () => {
    expect(visited([short, short, short])).toEqual(['a', 'a', 'b', 'b']);
  });
});

test('a try after a good connection or an end on purpose comes at once, every other waits', () => {
  const waits = [good, onPurpose, short, fruitless].map((end) => createHostRotation(HOSTS).ended(end).wait);
  expect(waits).toEqual([false, false, true, true]);
});
