import { expect, test } from 'vitest';
import { createRemarks } from './remarks.ts';
import type { TimedRemark } from './snapshot.ts';

const remark = (atMs: number, text = 'refused', level: 'info' | 'warn' = 'warn') => ({
  atMs,
  part: 'indexer',
  level,
  text,
});

test('the same said again and again is shown and kept once in a while', () => {
  const shown: TimedRemark[] = [];
  const remarks = createRemarks((one) => shown.push(one));
  for (const one of [remark(0), remark(5_000), remark(6_000, 'other'), remark(10_000)]) remarks.add(one);
  expect(shown).toEqual([remark(0), remark(6_000, 'other'), remark(10_000)]);
  expect(remarks.list()).toEqual(shown);
});

test('that a part runs is shown at the start, and kept only afterwards', () => {
  const shown: TimedRemark[] = [];
  const remarks = createRemarks((one) => shown.push(one));
  remarks.add(remark(0, 'running', 'info'));
  remarks.allStarted();
  remarks.add(remark(1, 'running', 'info'));
  expect(shown).toHaveLength(2);
  expect(remarks.list()).toEqual([remark(1, 'running', 'info')]);
});

test('a flood of different remarks leaves the newest', () => {
  const remarks = createRemarks(() => {});
  for (let i = 0; i < 1_000; i++) remarks.add(remark(i, `number ${i}`));
  expect(remarks.list()).toHaveLength(50);
  expect(remarks.list().at(-1)?.text).toBe('number 999');
});
