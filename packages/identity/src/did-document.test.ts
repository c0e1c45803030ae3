import { createECDH } from 'node:crypto';
import fc from 'fast-check';
import { base58btc } from 'multiformats/bases/base58';
import { describe, expect, test } from 'vitest';
import { parseDidDocument } from './did-document.ts';
import { parseDidKey, type SigningAlgorithm } from './signing-key.ts';

const DID = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';
const CURVES = { ES256K: 'secp256k1', ES256: 'prime256v1' } as const;
const PREFIX = { ES256K: [0xe7, 0x01], ES256: [0x80, 0x24] } as const;
const SUITE = { ES256K: 'EcdsaSecp256k1VerificationKey2019', ES256: 'EcdsaSecp256r1VerificationKey2019' } as const;

function newKey(alg: SigningAlgorithm) {
  const ecdh = createECDH(CURVES[alg]);
  ecdh.generateKeys();
  const compressed = ecdh.getPublicKey(null, 'compressed');
  return {
    point: new Uint8Array(ecdh.getPublicKey()),
    multikey: base58btc.encode(Uint8Array.from([...PREFIX[alg], ...compressed])),
    bare: [base58btc.encode(Uint8Array.from(compressed)), base58btc.encode(Uint8Array.from(ecdh.getPublicKey()))],
  };
}

const withMethod = (method: object) => parseDidDocument(DID, { id: DID, verificationMethod: [method] })?.signingKey;

describe.each(['ES256K', 'ES256'] as const)('a signing key of %s', (alg) => {
  const { point, multikey, bare } = newKey(alg);

  test('is read from a Multikey and from the 2019 suite, compressed or not, by relative and absolute id', () => {
    for (const id of ['#atproto', `${DID}#atproto`]) {
      expect(withMethod({ id, type: 'Multikey', publicKeyMultibase: multikey })).toEqual({ alg, point });
      for (const publicKeyMultibase of bare)
        expect(withMethod({ id, type: SUITE[alg], publicKeyMultibase })).toEqual({ alg, point });
    }
    expect(parseDidKey(`did:key:${multikey}`)).toEqual({ alg, point });
  });

  test('is undefined when it is not the #atproto key, has another type, or is not a point of the curve', () => {
    const good = { id: '#atproto', type: 'Multikey', publicKeyMultibase: multikey };
    const offCurve = base58btc.encode(Uint8Array.from([...PREFIX[alg], 2, ...new Uint8Array(32).fill(0xff)]));
    const bad = [
      { ...good, id: '#atproto_label' },
      { ...good, id: 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb#atproto' },
      { ...good, type: 'JsonWebKey2020' },
      { ...good, type: SUITE[alg] },
      { ...good, publicKeyMultibase: multikey.slice(1) },
      { ...good, publicKeyMultibase: multikey.slice(0, -2) },
      { ...good, publicKeyMultibase: offCurve },
      { ...good, publicKeyMultibase: `z${'1'.repeat(300)}` },
      { ...good, publicKeyMultibase: 7 },
    ];
    for (const method of bad) expect(withMethod(method)).toBeUndefined();
  });
});

describe('a DID document', () => {
  test('gives handle and server', () => {
    const service = [
      { id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: 'https://pds.example/' },
    ];
    const document = parseDidDocument(DID, {
      id: DID,
      alsoKnownAs: ['https://x.example', 'at://Ada.Example'],
      service,
    });
    expect(document).toEqual({ did: DID, handle: 'ada.example', pds: 'https://pds.example', signingKey: undefined });
  });

  test('of a labeler gives where its labels come from, and the key that signs them', () => {
    const { multikey, point } = newKey('ES256K');
    const labels = { id: '#atproto_labeler', type: 'AtprotoLabeler', serviceEndpoint: 'https://labels.example/x' };
    const method = { id: `${DID}#atproto_label`, type: 'Multikey', publicKeyMultibase: multikey };
    const read = (service: object, verificationMethod: object) =>
      parseDidDocument(DID, { id: DID, service: [service], verificationMethod: [verificationMethod] })?.labeler;
    const origin = 'https://labels.example';
    expect(read(labels, method)).toEqual({ origin, signingKey: { alg: 'ES256K', point } });
    expect(read(labels, { ...method, id: '#atproto' })).toEqual({ origin, signingKey: undefined });
    for (const broken of [{ type: 'Other' }, { serviceEndpoint: 'ftp://labels.example' }, { id: '#other' }])
      expect(read({ ...labels, ...broken }, method)).toBeUndefined();
  });

  test('of another DID is undefined', () => {
    expect(parseDidDocument(DID, { id: 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb' })).toBeUndefined();
  });

  test('may be any JSON: nothing throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (alsoKnownAs, verificationMethod, service) => {
        expect(parseDidDocument(DID, { id: DID, alsoKnownAs, verificationMethod, service })?.did).toBe(DID);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseDidDocument(DID, value)).toBeUndefined();
      }),
    );
  });
});
