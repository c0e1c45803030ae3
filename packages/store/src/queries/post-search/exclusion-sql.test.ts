import { expect, test } from 'vitest';
import { filterSql } from './post-filter.ts';

const NOTHING = { include: [], exclude: [], author: undefined, excludedAuthors: [] };
const word = (text: string) => ({ words: [], phrases: [[text]], marks: [] });
const phrase = (text: string) => ({ words: [], phrases: [text.split(' ')], marks: [] });

test('excluded words are one question to the index, however many they are', () => {
  const { conditions, params } = filterSql({
    ...NOTHING,
    exclude: [word('a'), word('b'), { words: [], phrases: [], marks: ['=en'] }],
  });
  expect(conditions).toHaveLength(2);
  expect(conditions[0]).toMatch(
    /^NOT \(hasAny\(tokens, \{p0:Array\(String\)\}\) AND hasAny\(if\(.*, \{p0:Array\(String\)\}\)\)$/,
  );
  expect(conditions[1]).toBe('NOT hasAny(tokens, {p1:Array(String)})');
  expect(params).toEqual({ p0: ['a', 'b'], p1: ['=en'] });
});

test('excluded phrases are looked for all at once, and each exactly only where one seems to stand', () => {
  const { conditions, params } = filterSql({ ...NOTHING, exclude: [phrase('iced coffee'), phrase('flat white')] });
  expect(conditions).toHaveLength(1);
  expect(conditions[0]).toMatch(/^NOT \(multiSearchAny\(.*\) AND \(hasSubstr\(.*\) OR hasSubstr\(.*\)\)\)$/);
  expect(Object.values(params)).toContainEqual([' iced coffee ', ' flat white ']);
});

test('a term of several tokens that stand anywhere is excluded only where all of them are', () => {
  const { conditions } = filterSql({ ...NOTHING, exclude: [{ words: [], phrases: [['a']], marks: ['👍'] }] });
  expect(conditions).toHaveLength(1);
  expect(conditions[0]).toMatch(/^NOT \(hasAll\(tokens, \{p0:Array\(String\)\}\) AND \(indexOf/);
});
