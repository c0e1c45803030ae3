import { expect, test } from 'vitest';
import { outlookOf } from './outlook.ts';

const updatedAt = '2026-07-03T12:00:00Z';
const disk = { server: '', name: 'default', totalBytes: 1_000, freeBytes: 400 };
const measured = { disks: [disk], measuredFrom: '2026-07-01T00:00:00Z', updatedAt };
const told = (state: Partial<Parameters<typeof outlookOf>[0]>) => outlookOf({ ...measured, ...state });

test('when a disk will be full is told in whole days, or in hours', () => {
  expect(told({ fullAt: '2026-08-05T11:00:00Z' })).toEqual({
    text: expect.stringContaining('in 32 days.'),
    isPressing: false,
  });
  expect(told({ fullAt: '2026-07-05T11:00:00Z' })).toEqual({
    text: expect.stringContaining('in 1 day.'),
    isPressing: true,
  });
  expect(told({ fullAt: '2026-07-03T14:30:00Z' }).text).toContain('in 2 hours.');
});

test('a disk that shrinks, or grows too slowly, does not fill up', () => {
  expect(told({})).toEqual({ text: 'As far as it was measured, no disk fills up.', isPressing: false });
});

test('a disk that is full does not grow, and is said to be full', () => {
  const full = { text: 'The disk data is full.', isPressing: true };
  const disks = [disk, { ...disk, name: 'data', freeBytes: 5 }];
  expect(told({ disks })).toEqual(full);
  expect(outlookOf({ disks, updatedAt })).toEqual(full);
});

test('nothing is foretold from one sample', () => {
  expect(outlookOf({ disks: [disk], updatedAt })).toEqual({
    text: expect.stringContaining('within half an hour'),
    isPressing: false,
  });
});
