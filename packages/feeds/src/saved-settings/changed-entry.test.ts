import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { withValues } from './changed-entry.ts';

const ENTRY = `kind: top # the best
window:   24h # a day
# Few.
minimumLikes: 5
hosts: ['did:plc:a']
weights: { likes: 1 }
`;

test('a value is changed where it stands, and all else stays as it is written', () => {
  expect(withValues(ENTRY, { window: '6h', weights: { likes: 2, reposts: 1 } })).toBe(
    ENTRY.replace('24h', '6h').replace('{ likes: 1 }', '{ likes: 2, reposts: 1 }'),
  );
});

test('a new setting comes last, and one that is taken away goes with its line', () => {
  expect(withValues(ENTRY, { perAuthor: 3, window: null })).toBe(
    `${ENTRY.replace('window:   24h # a day\n', '')}perAuthor: 3\n`,
  );
});

test('whatever the form, the values are as they were given', () => {
  const forms = [
    '{ kind: search, query: duck, window: 1h }\n',
    'kind: search\nquery: |\n  duck\n  goose\nwindow: 1h\n',
    'kind: search\nquery: >-\n  duck\n\n  goose\nwindow:\n  1h',
    '"kind": search\n? query\n: duck\n"window": 1h\n',
  ];
  const values = { query: 'a: "b"\n# c', window: null, languages: ['en', 'no'], mediaOnly: true };
  const { window: _, ...rest } = { kind: 'search', ...values };
  for (const form of forms) expect(parse(withValues(form, values))).toEqual(rest);
});
