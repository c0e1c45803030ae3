import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHourSchedule } from './hour-schedule.ts';

const HOUR_MS = 3_600_000;
const START_MS = 480_000 * HOUR_MS + 1_800_000;

/** Reads as the thread does, each hour in a second, `likes` in each. */
function run({
  hours,
  maxLikes,
  forMs,
  likesOf,
  fails = () => false,
}: {
  hours: number;
  maxLikes: number;
  forMs: number;
  likesOf: (hour: number) => number;
  fails?: (hour: number) => boolean;
}) {
  const schedule = createHourSchedule({ hours, maxLikes });
  const held = new Map<number, number>();
  const readAt = new Map<number, number[]>();
  let mostLikes = 0;
  let tries = 0;
  let nowMs = START_MS;
  const state = () => {
    const sorted = [...held].toSorted(([a], [b]) => b - a).map(([hour, likes]) => ({ hour, segment: { likes } }));
    return { likes: sorted.reduce((sum, { segment }) => sum + segment.likes, 0), hours: sorted };
  };
  while (nowMs < START_MS + forMs) {
    const next = schedule.next(nowMs);
    if ('waitMs' in next) {
      nowMs += Math.min(next.waitMs, 5_000);
      continue;
    }
    if (fails(next.hour)) {
      tries += 1;
      schedule.noteFailed(next.hour, nowMs);
      nowMs += 1_000;
      continue;
    }
    held.set(next.hour, likesOf(next.hour));
    readAt.set(next.hour, [...(readAt.get(next.hour) ?? []), nowMs]);
    schedule.noteRead(next.hour, nowMs);
    for (const hour of schedule.toDrop(state(), nowMs)) held.delete(hour);
    mostLikes = Math.max(mostLikes, state().likes);
    nowMs += 1_000;
  }
  return {
    readAt,
    held: [...held.keys()].toSorted((a, b) => b - a),
    mostLikes,
    tries,
    isWhole: schedule.isWhole(nowMs),
    nowMs,
  };
}

test('the newest hours are read first and each half minute, the others each ten minutes', () => {
  const { readAt, held, isWhole, nowMs } = run({ hours: 24, maxLikes: 1e9, forMs: 25 * 60_000, likesOf: () => 1 });
  const newest = START_MS / HOUR_MS - 0.5;
  expect([...readAt.keys()]).toEqual(Array.from({ length: 24 }, (_, n) => newest - n));
  expect(isWhole).toBe(true);
  expect(held).toHaveLength(24);
  for (const [hour, times] of readAt) {
    const limitMs = hour > newest - 2 ? 40_000 : 640_000;
    for (const [n, atMs] of times.entries()) expect((times[n + 1] ?? nowMs) - atMs).toBeLessThan(limitMs);
  }
});

test('old hours go as time goes on', () => {
  const { held } = run({ hours: 3, maxLikes: 1e9, forMs: 5 * HOUR_MS, likesOf: () => 1 });
  expect(held).toEqual([480_005, 480_004, 480_003]);
});

test('likes are never more than the memory holds, and an hour that is too large is not read again and again', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 24, maxLength: 24 }), (likes) => {
      const { mostLikes, readAt, held } = run({
        hours: 24,
        maxLikes: 100,
        forMs: 20 * 60_000,
        likesOf: (hour) => likes[hour % 24] ?? 0,
      });
      expect(mostLikes).toBeLessThanOrEqual(100);
      expect(held[0]).toBe(480_000);
      expect(held).toEqual(held.map((_, n) => 480_000 - n));
      for (const hour of readAt.keys()) if (!held.includes(hour)) expect(readAt.get(hour)?.length).toBeLessThan(30);
    }),
    { numRuns: 40 },
  );
});

test('an hour that fails again and again is tried each half minute, and holds up no other', () => {
  for (const failing of [480_000, 479_990]) {
    const { readAt, held, tries } = run({
      hours: 24,
      maxLikes: 1e9,
      forMs: 15 * 60_000,
      likesOf: () => 1,
      fails: (hour) => hour === failing,
    });
    expect(held).toHaveLength(23);
    expect(readAt.get(479_999)?.length).toBeGreaterThan(15);
    expect(readAt.get(479_980)?.length).toBeGreaterThan(1);
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(31);
  }
});

test('when the clock was set back, the newest hour is read at once', () => {
  const schedule = createHourSchedule({ hours: 2, maxLikes: 1e9 });
  for (const hour of [480_001, 480_000]) schedule.noteRead(hour, START_MS + HOUR_MS);
  schedule.noteFailed(479_999, START_MS + HOUR_MS);
  for (const hour of [480_000, 479_999]) {
    expect(schedule.next(START_MS)).toEqual({ hour });
    schedule.noteRead(hour, START_MS);
  }
});
