import { expect, it } from 'vitest';
import { chosenKind, kindsOf } from './link-kinds.ts';

const answer = {
  target: 'did:plc:abcdefghijklmnopqrstuvwx',
  links: {
    mention: { records: 3, distinct_dids: 2 },
    block: { records: 900, distinct_dids: 900 },
    follow: { records: 7, distinct_dids: 7 },
  },
};

it('the kinds of an answer stand in one order', () => {
  expect(kindsOf(answer)).toEqual(['follow', 'block', 'mention']);
});

it('the kind that is asked for is listed, else that with the most links, and never who blocks', () => {
  expect(chosenKind(answer, 'mention')).toBe('mention');
  expect(chosenKind(answer, 'block')).toBe('follow');
  expect(chosenKind(answer, 'like')).toBe('follow');
  expect(chosenKind({ ...answer, links: {} }, undefined)).toBeUndefined();
});
