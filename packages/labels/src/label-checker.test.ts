import type { DidDocument } from '@updraft/identity';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLabelChecker } from './label-checker.ts';
import { frameOf, newSigner, type Signer } from './signed.fixture.ts';

const DID = 'did:plc:labelerlabelerlabelerlab';
const URI = 'at://did:plc:author/app.bsky.feed.post/3k1';
const label = (change: object = {}) => ({
  ver: 1,
  src: DID,
  uri: URI,
  val: 'porn',
  cts: '2026-07-04T10:00:00Z',
  ...change,
});
const { signal } = new AbortController();

/** A checker, and a directory that the test steers. */
function setUp(signer: Signer) {
  const state = { key: signer.key, asked: 0, isAway: false };
  const resolver = {
    resolve: async (did: string): Promise<DidDocument> => {
      state.asked += 1;
      if (state.isAway) throw new Error('the directory is away');
      const labeler = { origin: 'https://labels.example', signingKey: state.key };
      return { did, handle: undefined, signingKey: undefined, pds: undefined, labeler };
    },
  };
  const labeler = { did: DID, origin: 'https://labels.example', signingKey: signer.key };
  return { state, checker: createLabelChecker({ labeler, resolver, lookUpEveryMs: 0 }) };
}

describe('a label', () => {
  test('is what was signed, negation, end and unknown fields included', async () => {
    const signer = newSigner();
    const { checker, state } = setUp(signer);
    const signed = [
      label(),
      label({ neg: false, cid: 'bafy' }),
      label({ uri: 'did:plc:author', neg: true, exp: '2026-07-05T10:00:00.5Z', later: 'field' }),
    ].map(signer.sign);
    const { labels, rejected } = await checker.check(
      [frameOf(7, ...signed.slice(0, 2)), frameOf(9, signed[2])],
      signal,
    );
    const [ctsMs, expMs] = [Date.parse('2026-07-04T10:00:00Z'), Date.parse('2026-07-05T10:00:00.5Z')];
    const plain = { did: 'did:plc:author', uri: URI, val: 'porn', neg: false, ctsMs, expMs: undefined };
    expect(labels).toEqual([
      { ...plain, seq: 7 },
      { ...plain, seq: 7 },
      { ...plain, uri: 'did:plc:author', neg: true, expMs, seq: 9 },
    ]);
    expect([rejected, state.asked]).toEqual([[], 0]);
  });

  test.for([
    ['another version', { ver: 2 }],
    ['no version', { ver: undefined }],
    ['of another labeler', { src: 'did:plc:other' }],
    ['about a web page', { uri: 'https://web.example' }],
    ['about a handle, which may change hands', { uri: 'at://ada.example/app.bsky.feed.post/3k1' }],
    ['without a value', { val: '' }],
    ['with a long value', { val: 'ü'.repeat(65) }],
    ['with a neg that is none', { neg: 1 }],
    ['without a time', { cts: 'yesterday' }],
    ['with an end that is no time', { exp: '2026-02-30T00:00:00Z' }],
    ['with a field that nests', { more: { than: 'a value' } }],
  ] as const)('is rejected: %s', async ([, change]) => {
    const signer = newSigner();
    const { checker } = setUp(signer);
    const bare = Object.fromEntries(Object.entries(label(change)).filter(([, value]) => value !== undefined));
    const { labels, rejected } = await checker.check([frameOf(1, signer.sign(bare))], signal);
    expect([labels, rejected.map(({ reason }) => reason)]).toEqual([[], ['bad_label']]);
  });

  test('of any shape never throws, and none is believed', async () => {
    const { checker } = setUp(newSigner());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), async (values) => {
        const { labels, rejected } = await checker.check([frameOf(1, ...values)], signal);
        expect([labels.length, rejected.length]).toEqual([0, values.length]);
      }),
    );
  });

  test('of which one character was changed is not believed', async () => {
    const signer = newSigner();
    const { checker } = setUp(signer);
    const changed = { ...signer.sign(label()), val: 'pork' };
    const { labels, rejected } = await checker.check([frameOf(1, changed, signer.sign(label()))], signal);
    expect([labels.length, rejected.map(({ reason, did }) => [reason, did])]).toEqual([
      1,
      [['bad_label_signature', 'did:plc:author']],
    ]);
  });
});

describe('the key of a labeler', () => {
  test('is looked up again, once for all labels, before a signature is called bad', async () => {
    const [before, after, forger] = [newSigner(), newSigner(), newSigner()];
    const { checker, state } = setUp(before);
    state.key = after.key;
    const said = [before, after, forger, after].map((signer, nth) => signer.sign(label({ val: `v${nth}` })));
    const { labels, rejected } = await checker.check([frameOf(1, ...said)], signal);
    expect(labels.map(({ val }) => val)).toEqual(['v0', 'v1', 'v3']);
    expect(rejected.map(({ reason }) => reason)).toEqual(['bad_label_signature']);
    expect(state.asked).toBe(1);
  });

  test('that can not be looked up leaves the labels for later: none is rejected', async () => {
    const signer = newSigner();
    const { checker, state } = setUp(signer);
    state.isAway = true;
    const forged = newSigner().sign(label());
    await expect(checker.check([frameOf(1, signer.sign(label()), forged)], signal)).rejects.toThrow('away');
    state.isAway = false;
    const { labels, rejected } = await checker.check([frameOf(1, signer.sign(label()), forged)], signal);
    expect([labels.length, rejected.length]).toEqual([1, 1]);
  });
});
