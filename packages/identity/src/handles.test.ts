import { expect, test } from 'vitest';
import type { DidDirectory } from './did-directory.ts';
import { createHandles } from './handles.ts';

const DID = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';

function setUp(ask: (handle: string) => Promise<string | undefined>) {
  const asked: string[] = [];
  const document = { did: DID, handle: 'known.example', signingKey: undefined, pds: undefined };
  const dids: DidDirectory = {
    get: async () => ({ kind: 'found', document }),
    peek: () => undefined,
    lookAgain: async () => undefined,
  };
  const handles = createHandles({
    dids,
    safeFetch: () => Promise.reject(new Error('nobody is asked')),
    ask: (handle) => {
      asked.push(handle);
      return ask(handle);
    },
  });
  return { handles, asked };
}

test('a handle is asked for once, whether it leads to an account or not', async () => {
  const { handles, asked } = setUp(async (handle) => (handle === 'known.example' ? DID : undefined));
  for (let i = 0; i < 3; i++) {
    expect(await handles.resolve('@Known.example', 'caller')).toBe(DID);
    expect(await handles.resolve('unknown.example', 'caller')).toBeUndefined();
  }
  expect(asked).toEqual(['known.example', 'unknown.example']);
  expect(['known.example', 'other.example'].map(handles.isRemembered)).toEqual([true, false]);
});

test('one caller has four handles looked up at once, and others still have theirs', async () => {
  const gate = Promise.withResolvers<undefined>();
  const { handles, asked } = setUp(() => gate.promise);
  const first = [1, 2, 3, 4].map((index) => handles.resolve(`n${index}.example`, 'one'));
  await expect(handles.resolve('n5.example', 'one')).rejects.toMatchObject({ status: 429, whose: 'caller' });
  const other = handles.resolve('n6.example', 'another');
  gate.resolve(undefined);
  await Promise.all([...first, other]);
  expect(asked).toHaveLength(5);
});
