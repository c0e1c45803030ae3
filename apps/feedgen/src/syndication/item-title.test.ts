import { expect, test } from 'vitest';
import { itemTitle } from './item-title.ts';

test('a title is the first line that says something', () => {
  expect(itemTitle(' \n\n  Good morning \r\nto all')).toBe('Good morning');
  expect(itemTitle(' \n ')).toBe('');
});

test('a long title is cut between graphemes', () => {
  expect(itemTitle('👩‍👩‍👧'.repeat(80))).toBe('👩‍👩‍👧'.repeat(80));
  expect(itemTitle('👩‍👩‍👧'.repeat(81))).toBe(`${'👩‍👩‍👧'.repeat(79)}…`);
});

test('a title that turns the direction round turns it back', () => {
  expect(itemTitle('\u202Eabc')).toBe('\u202Eabc\u202C');
  expect(itemTitle('\u2067a\u202Ab\u202C')).toBe('\u2067a\u202Ab\u202C\u2069');
});
