import { describe, expect, test } from 'vitest';
import { type ConnectionEnd, createHostRotation, GOOD_CONNECTION_MS } from './host-rotation.ts';

const HOSTS = ['a', 'b', 'c'];
const good = { delivered: true, lastedMs: GOOD_CONNECTION_MS, kind: 'ended' } as const;
const short = { delivered: true, lastedMs: 1, kind: 'ended' } as const;
const fruitless = { delivered: false, lastedMs: 1, kind: 'ended' } as const;
const paused = { delivered: true, lastedMs: 1, kind: 'paused' } as const;
const tooLarge = { delivered: true, lastedMs: 1, kind: 'too_large' } as const;
const refused = { delivered: true, lastedMs: GOOD_CONNECTION_MS, kind: 'refused' } as const;
const unfit = { delivered: true, lastedMs: GOOD_CONNECTION_MS, kind: 'unfit' } as const;

/** The hosts that are read, one after each end. */
function visited(ends: readonly ConnectionEnd[], preferred?: string): string[] {
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

  test('is the same after a pause, and after a frame that is too large', () => {
    expect(visited([paused, paused, tooLarge, tooLarge])).toEqual(['a', 'a', 'a', 'a', 'a']);
  });

  test('is the next one when this one is unfit, however long it was read', () => {
    expect(visited([unfit, unfit, unfit])).toEqual(['a', 'b', 'c', 'a']);
  });

  test('is the next one after the second refusal in a row, such as of a reader that is too slow', () => {
    expect(visited([refused, refused])).toEqual(['a', 'a', 'b']);
    expect(createHostRotation(HOSTS).ended(refused)).toEqual({ wait: true, good: false });
  });

  test('is the one that is preferred', () => {
    const rotation = createHostRotation(HOSTS);
    rotation.prefer('c');
    expect(rotation.current()).toBe('c');
  });

  test('is the next one, round and round, while hosts bring nothing', () => {
    expect(visited([fruitless, fruitless, fruitless, fruitless])).toEqual(['a', 'b', 'c', 'a', 'b']);
  });

  test('is the next one after the second short connection in a row', () => {
    expect(visited([short, short, short])).toEqual(['a', 'a', 'b', 'b']);
  });
});

/** Whether each end is followed by a wait. */
function waits(ends: readonly ConnectionEnd[]): boolean[] {
  const rotation = createHostRotation(HOSTS);
  return ends.map((end) => rotation.ended(end).wait);
}

test('a try after a good connection or a pause comes at once, every other waits', () => {
  expect([good, paused, short, fruitless, unfit].map((end) => waits([end]))).toEqual([
    [false],
    [false],
    [true],
    [true],
    [true],
  ]);
});

test('only the first frame that is too large is followed by a try at once, until a connection was good again', () => {
  expect(waits([tooLarge, tooLarge, short, tooLarge, good, tooLarge, tooLarge])).toEqual([
    false,
    true,
    true,
    true,
    false,
    false,
    true,
  ]);
});
