import { expect, it } from 'vitest';
import { daysUntil } from './days-until.ts';

it('days until a moment are whole ones, and none once it is over', () => {
  expect(daysUntil('2026-07-05T11:00:00Z', '2026-07-03T12:00:00Z')).toBe(1);
  expect(daysUntil('2026-07-01T00:00:00Z', '2026-07-03T12:00:00Z')).toBe(0);
});
