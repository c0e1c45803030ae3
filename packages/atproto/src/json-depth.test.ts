import { expect, test } from 'vitest';
import { isTooDeep } from './json-depth.ts';

const nested = (levels: number, [open, close]: readonly [string, string]): unknown =>
  JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);

test.for([
  ['[', ']'],
  ['{"a":', '}'],
  ['{"a":1,"b":[', ']}'],
] as const)('JSON of %s is too deep from its 513th level on, however many more there are', (brackets) => {
  const perTurn = brackets[0].endsWith('[') && brackets[0].startsWith('{') ? 2 : 1;
  expect(isTooDeep(nested(512 / perTurn, brackets))).toBe(false);
  expect(isTooDeep(nested(512 / perTurn + 1, brackets))).toBe(true);
  expect(isTooDeep(nested(200_000, brackets))).toBe(true);
});

test('what is no container has no depth', () => {
  for (const value of [null, undefined, 1, 'x', [], {}]) expect(isTooDeep(value, 1)).toBe(false);
});
