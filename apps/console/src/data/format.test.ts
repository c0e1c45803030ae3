import { afterEach, expect, test } from 'vitest';
import { noteServerDate, serverNow } from './clock.ts';
import { formatAge, formatBytes, formatSpan } from './format.ts';

const AT = '2026-07-04T12:00:00Z';
const after = (seconds: number) => formatAge(AT, Date.parse(AT) + seconds * 1000);

afterEach(() => noteServerDate(new Date().toUTCString()));

test('an age is in the largest unit that fits, and never in the future', () => {
  expect([after(40), after(160), after(7_200), after(86_400 * 3)]).toEqual([
    '40 seconds ago',
    '2 minutes ago',
    '2 hours ago',
    '3 days ago',
  ]);
  expect([after(0), after(-10_800)]).toEqual(['now', 'now']);
  // 26 hours before one in the night is not yesterday
  expect([59.7, 3_599, 86_399, 26 * 3_600].map(after)).toEqual([
    '59 seconds ago',
    '59 minutes ago',
    '23 hours ago',
    '1 day ago',
  ]);
});

test('where the clock here is wrong, ages go by the server’s', () => {
  noteServerDate(new Date(Date.now() + 10_800_000).toUTCString());
  expect(formatAge(new Date(serverNow() - 60_000).toISOString())).toBe('1 minute ago');
  expect(serverNow() - Date.now()).toBeGreaterThan(10_000_000);
  noteServerDate(null);
  noteServerDate('nonsense');
  expect(serverNow() - Date.now()).toBeGreaterThan(10_000_000);
});

test('sizes have a unit that people read', () => {
  expect([0, 999, 1_000, 1_254_000_000, 10 ** 16].map(formatBytes)).toEqual([
    '0 bytes',
    '999 bytes',
    '1 kB',
    '1.25 GB',
    '10,000 TB',
  ]);
});

test('a span of time has one unit', () => {
  expect([0, 59, 3_600, 200_000].map(formatSpan)).toEqual(['0 seconds', '59 seconds', '1 hour', '2 days']);
});
