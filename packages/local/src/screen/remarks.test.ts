import { expect, test } from 'vitest';
import { createRemarks } from './remarks.ts';

const remark = (atMs: number, text = 'refused') => ({ atMs, part: 'indexer', level: 'warn' as const, text });

test('the same said again and again is kept once in a while', () => {
  const remarks = createRemarks();
  expect(remarks.add(remark(0))).toBe(true);
  expect(remarks.add(remark(5_000))).toBe(false);
  expect(remarks.add(remark(6_000, 'other'))).toBe(true);
  expect(remarks.add(remark(10_000))).toBe(true);
});

test('a flood of different remarks leaves the newest', () => {
  const remarks = createRemarks();
  for (let i = 0; i < 1_000; i++) remarks.add(remark(i, `number ${i}`));
  expect(remarks.list()).toHaveLength(50);
  expect(remarks.list().at(-1)?.text).toBe('number 999');
});
