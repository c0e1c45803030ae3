import { describe, expect, test } from 'vitest';
import { createWaiting, type Question } from './waiting.ts';

const question = (nth: number, change: Partial<Question> = {}): Question => ({
  did: `did:plc:${nth}`,
  reason: 'clock',
  about: 'status',
  status: '',
  afterMicros: 0,
  dueAt: 0,
  tries: 0,
  ...change,
});

describe('questions that wait', () => {
  test('are one for each account and matter, the newest', () => {
    const waiting = createWaiting(() => 10);
    for (const reason of ['clock', 'order'] as const) waiting.put(question(1, { reason }));
    waiting.put(question(1, { about: 'handle' }));
    expect(waiting.take().map(({ reason, about }) => [reason, about])).toEqual([
      ['order', 'status'],
      ['clock', 'handle'],
    ]);
  });

  test('are not asked before their time, nor twice at once', () => {
    let now = 0;
    const waiting = createWaiting(() => now);
    waiting.put(question(1, { dueAt: 5 }));
    expect(waiting.take()).toEqual([]);
    now = 5;
    const [asked] = waiting.take();
    waiting.put(question(1, { dueAt: 5 }));
    expect(waiting.take()).toEqual([]);
    if (asked !== undefined) waiting.done(asked);
    expect(waiting.take()).toHaveLength(1);
  });

  test('are bounded: in number, at once, and in a second', () => {
    let now = 0;
    const waiting = createWaiting(() => now);
    const taken = Array.from({ length: 1_001 }, (_, nth) => waiting.put(question(nth)));
    expect(taken.filter((isTaken) => !isTaken)).toHaveLength(1);
    expect(waiting.put(question(7, { tries: 1 }))).toBe(true);
    const asked: number[] = [];
    for (let round = 0; round < 10; round++) {
      const now4 = waiting.take();
      asked.push(now4.length);
      now4.forEach(waiting.done);
    }
    expect(asked).toEqual([4, 4, 4, 4, 4, 0, 0, 0, 0, 0]);
    now = 600;
    expect(waiting.take()).toHaveLength(3);
  });
});
