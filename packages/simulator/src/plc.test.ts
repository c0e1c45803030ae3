import { verifySignature } from '@atproto/crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlcDirectory, startPlcDirectory } from './plc.ts';
import { createWorld } from './world/world.ts';

const world = createWorld({ seed: 11, accounts: 20 });
let plc: PlcDirectory;
beforeAll(async () => {
  plc = await startPlcDirectory(world);
});
afterAll(() => plc.close());

interface DidDocument {
  id: string;
  alsoKnownAs: string[];
  verificationMethod: { id: string; type: string; publicKeyMultibase: string }[];
  service: { id: string; type: string }[];
}

const documentOf = async (did: string) => (await (await fetch(`${plc.url}/${did}`)).json()) as DidDocument;

test('each account has a document with its handle, its key and its PDS; both curves occur', async () => {
  const prefixes = new Set<string>();
  for (let account = 0; account < 8; account++) {
    const did = world.accounts.did(account);
    expect(did).toMatch(/^did:plc:[a-z2-7]{24}$/);
    const document = await documentOf(did);
    expect(document).toMatchObject({
      id: did,
      alsoKnownAs: [`at://${world.accounts.handle(account, 0)}`],
      service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer' }],
    });
    const [method] = document.verificationMethod;
    expect(method).toMatchObject({ id: `${did}#atproto`, type: 'Multikey' });
    prefixes.add(method?.publicKeyMultibase.slice(0, 4) ?? '');
  }
  expect(prefixes).toEqual(new Set(['zQ3s', 'zDna']));
});

test('what an account signs is verified by the key in its document, until that is rotated', async () => {
  for (const account of [0, 3]) {
    const did = world.accounts.did(account);
    const bytes = Buffer.from('header.payload');
    const signature = await (await plc.signingKeyOf(did))?.sign(bytes);
    const keyOf = async () => `did:key:${(await documentOf(did)).verificationMethod[0]?.publicKeyMultibase}`;
    expect(await verifySignature(await keyOf(), bytes, signature ?? new Uint8Array())).toBe(true);
    plc.rotate(did);
    expect(await verifySignature(await keyOf(), bytes, signature ?? new Uint8Array())).toBe(false);
  }
});

test('other DIDs are not registered', async () => {
  expect((await fetch(`${plc.url}/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa`)).status).toBe(404);
  expect((await fetch(`${plc.url}/nonsense%E0%A4%A`)).status).toBe(404);
  expect(await plc.signingKeyOf('did:plc:aaaaaaaaaaaaaaaaaaaaaaaa')).toBeUndefined();
});
