import { describe, expect, test } from 'vitest';
import { readAccountsPage } from './list-repos.ts';

describe('readAccountsPage', () => {
  test('leaves out the entries that make no sense, and reads the others', () => {
    const repos = [
      { did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', active: true },
      null,
      { did: 7 },
      { did: 'no did' },
      { did: 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb', active: false },
      { did: 'did:plc:cccccccccccccccccccccccc', active: null },
    ];
    expect(readAccountsPage({ cursor: '9', repos })).toEqual({
      cursor: '9',
      accounts: [
        { did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', active: true },
        { did: 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb', active: false },
        { did: 'did:plc:cccccccccccccccccccccccc', active: true },
      ],
    });
  });

  test.each([undefined, [], { repos: 'x' }, { cursor: 7, repos: [] }])('says that %j is not a page', (body) => {
    expect(() => readAccountsPage(body)).toThrow("the host's answer is not a list of accounts");
  });
});
