import { expect, test } from 'vitest';
import { retryToken } from './retry-token.ts';

const ALICE = { did: 'did:plc:alice', csrfToken: 'first' };

test('a change is repeated with the token of the session that another tab has begun, of the same account only', () => {
  expect(retryToken(ALICE, { ...ALICE, csrfToken: 'second' })).toBe('second');
  expect(retryToken(ALICE, { did: 'did:plc:bob', csrfToken: 'second' })).toBeUndefined();
  expect(retryToken(ALICE, ALICE)).toBeUndefined();
  expect(retryToken(ALICE, undefined)).toBeUndefined();
});
