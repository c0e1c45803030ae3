import { expect, test } from 'vitest';
import { isOld } from './old-numbers.tsx';

const NOW = Date.parse('2026-11-26T10:00:00Z');
const secondsAgo = (seconds: number): number => NOW - seconds * 1_000;
const isOldAt = (counted: number, firstSeen: number): boolean =>
  isOld(new Date(secondsAgo(counted)).toISOString(), secondsAgo(firstSeen), NOW);

test('numbers that nobody has counted for half a minute are old', () => {
  expect(isOldAt(31, 16)).toBe(true);
  expect(isOldAt(29, 16)).toBe(false);
});

test('the first answer after a pause is no alarm, however old it is', () => {
  expect(isOldAt(3_600, 5)).toBe(false);
});
