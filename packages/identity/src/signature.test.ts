import { createECDH, createPrivateKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSignatureVerifier } from './signature.ts';
import { type SigningAlgorithm, type SigningKey, signingKey } from './signing-key.ts';

const CURVES = { ES256K: ['secp256k1', 'secp256k1'], ES256: ['prime256v1', 'P-256'] } as const;
const ORDERS = {
  ES256K: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
};

function newPair(alg: SigningAlgorithm) {
  const [curve, crv] = CURVES[alg];
  const ecdh = createECDH(curve);
  ecdh.generateKeys();
  const point = ecdh.getPublicKey();
  const key = signingKey(alg, point) as SigningKey;
  const [d, x, y] = [ecdh.getPrivateKey(), point.subarray(1, 33), point.subarray(33)].map((part) =>
    part.toString('base64url'),
  );
  const secret = createPrivateKey({ key: { kty: 'EC', crv, d: d ?? '', x: x ?? '', y: y ?? '' }, format: 'jwk' });
  return { key, sign: (message: Uint8Array) => sign('sha256', message, { key: secret, dsaEncoding: 'ieee-p1363' }) };
}

/** The other signature that says the same: s becomes order - s. */
function otherS(alg: SigningAlgorithm, signature: Buffer): Buffer {
  const s = ORDERS[alg] - BigInt(`0x${signature.toString('hex', 32)}`);
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
}

const native = createSignatureVerifier();
const fallback = createSignatureVerifier({ native: false });

test('libsecp256k1 loads here', () => {
  expect([native.isNative, fallback.isNative]).toEqual([true, false]);
});

describe.each(['ES256K', 'ES256'] as const)('signatures of %s', (alg) => {
  const pair = newPair(alg);
  const stranger = newPair(alg);

  test('are good with low and high s, natively and by the fallback, and leave the bytes alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (message) => {
        const signature = pair.sign(message);
        const before = Buffer.from(signature);
        for (const form of [signature, otherS(alg, signature)]) {
          for (const verifier of [native, fallback]) expect(verifier.verify(pair.key, message, form)).toBe(true);
        }
        expect(signature).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });

  test('are bad for another key, another message, any changed bit, and any junk, in both ways alike', () => {
    const message = Buffer.from('message');
    const signature = pair.sign(message);
    for (const verifier of [native, fallback]) {
      expect(verifier.verify(stranger.key, message, signature)).toBe(false);
      expect(verifier.verify(pair.key, Buffer.from('massage'), signature)).toBe(false);
      for (const junk of [
        Buffer.alloc(0),
        Buffer.alloc(63),
        Buffer.alloc(64),
        Buffer.alloc(64, 0xff),
        Buffer.alloc(65),
      ]) {
        expect(verifier.verify(pair.key, message, junk)).toBe(false);
      }
    }
    fc.assert(
      fc.property(fc.nat({ max: 511 }), (bit) => {
        const changed = Buffer.from(signature);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        for (const verifier of [native, fallback]) expect(verifier.verify(pair.key, message, changed)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
