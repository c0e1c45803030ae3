import { describe, expect, test } from 'vitest';
import { createQuestionQueue, type Question } from './question-queue.ts';

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
  test('are one for each account and subject, the newest', () => {
    const queue = createQuestionQueue(() => 10);
    for (const reason of ['clock', 'order'] as const) queue.put(question(1, { reason }));
    queue.put(question(1, { about: 'handle' }));
    expect(queue.take().map(({ reason, about }) => [reason, about])).toEqual([
      ['order', 'status'],
      ['clock', 'handle'],
    ]);
  });

  test('are not asked before their time, nor twice at once', () => {
    let now = 0;
    const queue = createQuestionQueue(() => now);
    queue.put(question(1, { dueAt: 5 }));
    expect(queue.take()).toEqual([]);
    now = 5;
    const [asked] = queue.take();
    queue.put(question(1, { dueAt: 5 }));
    expect(queue.take()).toEqual([]);
    if (asked !== undefined) queue.done(asked);
    expect(queue.take()).toHaveLength(1);
  });

  test('are bounded: in number, at once, and in a second', () => {
    let now = 0;
    const queue = createQuestionQueue(() => now);
    const taken = Array.from({ length: 1_001 }, (_, nth) => queue.put(question(nth)));
    expect(taken.filter((isTaken) => !isTaken)).toHaveLength(1);
    expect(queue.put(question(7, { tries: 1 }))).toBe(true);
    const asked: number[] = [];
    for (let round = 0; round < 10; round++) {
      const now4 = queue.take();
      asked.push(now4.length);
      now4.forEach(queue.done);
    }
    expect(asked).toEqual([4, 4, 4, 4, 4, 0, 0, 0, 0, 0]);
    now = 600;
    expect(queue.take()).toHaveLength(3);
  });
});
