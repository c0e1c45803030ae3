import { expect, test } from 'vitest';
import { fullAtMs, growthOf, type SizeSample, sampleOf } from './growth.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 10, 26);

const sample = (agoMs: number, posts: number, used: number): SizeSample => ({
  atMs: NOW_MS - agoMs,
  tables: { posts },
  disks: { 'ch1:8123 default': used },
});

test('growth is measured from the oldest sample of a week until now, in bytes a day', () => {
  const samples = [sample(DAY_MS, 800, 900), sample(2 * DAY_MS, 600, 700), sample(8 * DAY_MS, 0, 0)];
  const growth = growthOf(samples, sample(0, 1_000, 900));
  expect([growth?.fromMs, growth?.table('posts'), growth?.disk('ch1:8123 default')]).toEqual([
    NOW_MS - 2 * DAY_MS,
    200,
    100,
  ]);
});

test('what shrinks grows by less than nothing', () => {
  expect(growthOf([sample(12 * HOUR_MS, 1_000, 5)], sample(0, 500, 5))?.table('posts')).toBe(-1_000);
});

test('it is not known in the first half hour, nor by a clock that was wrong', () => {
  expect(growthOf([], sample(0, 1, 1))).toBeUndefined();
  expect(growthOf([sample(29 * 60_000, 0, 0), sample(-DAY_MS, 0, 0)], sample(0, 1, 1))).toBeUndefined();
  expect(growthOf([sample(30 * 60_000, 0, 0)], sample(0, 1, 1))).toBeDefined();
});

test('a table that had no rows grew from nothing; of a disk or a table that is not there nothing is known', () => {
  const now = { ...sample(0, 1, 1), tables: { posts: 1, new: 48 } };
  const growth = growthOf([sample(12 * HOUR_MS, 1, 1)], now);
  expect([growth?.table('new'), growth?.table('other'), growth?.disk('other')]).toEqual([96, undefined, undefined]);
});

test('a disk is full when its free bytes are used up at this rate', () => {
  expect(fullAtMs(1_000, 100, NOW_MS)).toBe(NOW_MS + 10 * DAY_MS);
  expect(fullAtMs(0, 100, NOW_MS)).toBe(NOW_MS);
});

test.each([undefined, 0, -5])('a disk that grows by %s is not', (bytesPerDay) => {
  expect(fullAtMs(1_000, bytesPerDay, NOW_MS)).toBeUndefined();
});

test('nobody foretells more than a hundred years', () => {
  expect(fullAtMs(1e15, 1, NOW_MS)).toBeUndefined();
});

test('a sample has the bytes of tables, and what is used of disks', () => {
  const sizes = {
    tables: [{ name: 'posts', rows: 3, bytes: 10 }],
    disks: [{ server: 'ch1:8123', name: 'default', totalBytes: 100, freeBytes: 40 }],
  };
  expect(sampleOf(sizes, 5)).toEqual({ atMs: 5, tables: { posts: 10 }, disks: { 'ch1:8123 default': 60 } });
});
