import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inParts, readPastedAccounts } from './paste-accounts.ts';

test('accounts are found whatever stands between them', () => {
  const text = `• @duck.example, "did:plc:abc234";goose.example|swan.example
    (https://bsky.app/profile/teal.example)\t<at://did:web:eider.example>  - 'coot.example'.`;
  expect(readPastedAccounts(text).accounts).toEqual([
    'duck.example',
    'did:plc:abc234',
    'goose.example',
    'swan.example',
    'https://bsky.app/profile/teal.example',
    'at://did:web:eider.example',
    'coot.example',
  ]);
});

test('an account that is named again, in other letters or with an @, counts once', () => {
  const { accounts, repeated } = readPastedAccounts('duck.example\n@Duck.example\nDUCK.EXAMPLE.');
  expect(accounts).toEqual(['duck.example']);
  expect(repeated).toBe(2);
});

test('bidi marks and zero-width characters around a handle are no part of it', () => {
  expect(readPastedAccounts('\u202Aduck.example\u202C\u200B').accounts).toEqual(['duck.example']);
});

test('what is too long for an account is told apart, so that the others can be sent', () => {
  const { accounts, tooLong } = readPastedAccounts(`${'a'.repeat(3_000)} duck.example`);
  expect(accounts).toEqual(['duck.example']);
  expect(tooLong).toEqual([`${'a'.repeat(40)}…`]);
});

test('signs alone name nobody', () => {
  expect(readPastedAccounts(' - * … @ .. 🦆 ;;').accounts).toEqual([]);
});

test('a list joined by any separators is read as it was', () => {
  const handle = fc.stringMatching(/^[a-z][a-z0-9]{0,9}\.example$/);
  const separator = fc.constantFrom(' ', ',', ';', '\n', '\r\n', '\t', ' | ', '", "', ') (', '、', ' · ');
  fc.assert(
    fc.property(fc.uniqueArray(handle), separator, (handles, between) => {
      expect(readPastedAccounts(handles.join(between)).accounts).toEqual(handles);
    }),
  );
});

test('parts hold every account once, in order, and no part is too large', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 7 }), (list, size) => {
      const parts = inParts(list, size);
      expect(parts.flat()).toEqual(list);
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(size);
      for (const part of parts.slice(0, -1)) expect(part).toHaveLength(size);
    }),
  );
});
