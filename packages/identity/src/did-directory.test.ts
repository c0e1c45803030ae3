import { describe, expect, test } from 'vitest';
import { createDidDirectory, type DidDirectoryOptions } from './did-directory.ts';
import type { DidDocument } from './did-document.ts';
import { didWebUrl, ResolutionError } from './did-resolver.ts';

const documentOf = (did: string): DidDocument => ({ did, handle: 'a.example', signingKey: undefined, pds: undefined });

/** A directory over a resolver that the test steers, and a clock. */
function setUp(options: Partial<DidDirectoryOptions> = {}) {
  const state = { nowMs: 1_000_000, answer: 'found' as 'found' | 'absent' | 'unavailable', asked: new Array<string>() };
  const outcomes: string[] = [];
  const directory = createDidDirectory({
    resolver: {
      resolve: async (did) => {
        state.asked.push(did);
        if (state.answer === 'unavailable') throw new ResolutionError(did, 'down');
        return state.answer === 'found' ? documentOf(did) : undefined;
      },
    },
    now: () => state.nowMs,
    onLookUp: (outcome) => outcomes.push(outcome),
    ...options,
  });
  return { state, directory, outcomes };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a directory of DIDs', () => {
  test('asks once an hour, and at once when many ask together', async () => {
    const { state, directory } = setUp();
    const answers = await Promise.all([directory.get('did:a', 'x'), directory.get('did:a', 'y')]);
    expect(answers).toEqual([
      { kind: 'found', document: documentOf('did:a') },
      { kind: 'found', document: documentOf('did:a') },
    ]);
    state.nowMs += HOUR - 1;
    await directory.get('did:a', 'x');
    expect(state.asked).toEqual(['did:a']);
    state.nowMs += 1;
    await directory.get('did:a', 'x');
    expect(state.asked).toHaveLength(2);
  });

  test('remembers for a minute that there is none', async () => {
    const { state, directory } = setUp();
    state.answer = 'absent';
    for (let n = 0; n < 5; n++) expect(await directory.get('did:a', 'x')).toEqual({ kind: 'absent' });
    expect(state.asked).toHaveLength(1);
    state.nowMs += MINUTE;
    state.answer = 'found';
    expect((await directory.get('did:a', 'x')).kind).toBe('found');
  });

  test('uses an old document for a day while its directory is away', async () => {
    const { state, directory } = setUp();
    await directory.get('did:a', 'x');
    state.answer = 'unavailable';
    state.nowMs += 23 * HOUR;
    expect((await directory.get('did:a', 'x')).kind).toBe('found');
    expect((await directory.get('did:b', 'x')).kind).toBe('unavailable');
    state.nowMs += HOUR;
    expect((await directory.get('did:a', 'x')).kind).toBe('unavailable');
  });

  test('does not hammer a directory that is down', async () => {
    const { state, directory } = setUp();
    state.answer = 'unavailable';
    for (let n = 0; n < 10; n++) await directory.get('did:a', 'x');
    expect(state.asked).toHaveLength(1);
  });

  test('looks again once a minute', async () => {
    const { state, directory } = setUp();
    await directory.get('did:a', 'x');
    expect((await directory.lookAgain('did:a', 'x'))?.kind).toBe('found');
    expect(await directory.lookAgain('did:a', 'x')).toBeUndefined();
    state.nowMs += MINUTE;
    expect((await directory.lookAgain('did:a', 'x'))?.kind).toBe('found');
    expect(state.asked).toHaveLength(3);
  });

  test('limits the look-ups of a caller, and of all together', async () => {
    const { state, directory, outcomes } = setUp({
      perCaller: { burst: 3, perSecond: 1 },
      inAll: { burst: 5, perSecond: 1 },
    });
    for (let n = 0; n < 5; n++) await directory.get(`did:x${n}`, 'x');
    expect(state.asked).toHaveLength(3);
    for (let n = 0; n < 5; n++) await directory.get(`did:y${n}`, 'y');
    expect(state.asked).toHaveLength(5);
    expect(await directory.get('did:y9', 'y')).toEqual({ kind: 'unavailable' });
    expect(outcomes.filter((outcome) => outcome === 'limited').length).toBe(6);
    state.nowMs += 1_000;
    expect((await directory.get('did:y9', 'y')).kind).toBe('found'); // a limit is no answer to be remembered
  });

  test('forgets the least recently used', async () => {
    const { state, directory } = setUp({ maxEntries: 2 });
    for (const did of ['did:a', 'did:b', 'did:c', 'did:a']) await directory.get(did, 'x');
    expect(state.asked).toEqual(['did:a', 'did:b', 'did:c', 'did:a']);
  });
});

test('a did:web leads to a public host without path or port', () => {
  expect(didWebUrl('did:web:feeds.example')).toBe('https://feeds.example/.well-known/did.json');
  const refused = [
    'did:web:localhost',
    'did:web:localhost%3A80',
    'did:web:a.example%3A8080',
    'did:web:a.example:user',
    'did:web:host',
    'did:web:a.example%2Fx',
    'did:web:',
    'did:web:a.example/x',
    'did:web:user@a.example',
  ];
  for (const did of refused) expect(didWebUrl(did)).toBeUndefined();
  expect(didWebUrl('did:web:localhost%3A80', true)).toBe('http://localhost:80/.well-known/did.json');
});
