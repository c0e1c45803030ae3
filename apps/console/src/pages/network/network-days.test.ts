import { expect, it } from 'vitest';
import { emptyDay, lastDays, withDaysBetween } from './network-days.ts';

const days = (...dates: readonly string[]) => dates.map(emptyDay);
const datesOf = (given: readonly { readonly date: string }[]) => given.map(({ date }) => date);

it('days of which nothing is told stand between the others', () => {
  const told = { ...emptyDay('2026-03-01'), num_likes: 5 };
  const all = withDaysBetween([told, ...days('2026-02-27')], emptyDay);
  expect(datesOf(all)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  expect(all.map((day) => day.num_likes)).toEqual([0, 0, 5]);
});

it('one day stays one, and none stays none', () => {
  expect(datesOf(withDaysBetween(days('2026-02-27'), emptyDay))).toEqual(['2026-02-27']);
  expect(withDaysBetween([], emptyDay)).toEqual([]);
});

it('days of more than three months ago, and of the future, are left out', () => {
  const now = Date.parse('2026-07-04T12:00:00Z');
  expect(datesOf(lastDays(days('2149-06-06', '2026-07-04', '1970-01-01', '2026-04-05'), now))).toEqual([
    '2026-04-05',
    '2026-07-04',
  ]);
});
