import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { LRUCache } from 'lru-cache';
import type * as Secp256k1Package from 'secp256k1';
import type { SigningKey } from './signing-key.ts';

/** Checks signatures in the calling thread. `signature` is r‖s, 64 bytes; anything else is simply not valid. */
export interface SignatureVerifier {
  verify(key: SigningKey, message: Uint8Array, signature: Uint8Array): boolean;
  /** False when libsecp256k1 does not load; node:crypto then verifies, six times slower. */
  readonly isNative: boolean;
}

/**
 * A verifier for both curves: libsecp256k1 for ES256K, node:crypto for ES256 and as the fallback. Service tokens may have high-S
 * signatures, which libsecp256k1 only accepts once they are normalised.
 */
export function createSignatureVerifier(options: { native?: boolean } = {}): SignatureVerifier {
  const native = options.native === false ? undefined : loadSecp256k1();
  const keyObjects = new LRUCache<string, KeyObject>({ max: 10_000 });
  return {
    isNative: native !== undefined,
    verify: (key, message, signature) => {
      if (signature.length !== 64) return false;
      if (key.alg === 'ES256K' && native !== undefined) return verifyNatively(native, key, message, signature);
      return verify('sha256', message, { key: keyObject(keyObjects, key), dsaEncoding: 'ieee-p1363' }, signature);
    },
  };
}

type Secp256k1 = typeof Secp256k1Package;

function loadSecp256k1(): Secp256k1 | undefined {
  try {
    // The package's main file would fall back to JavaScript without saying so.
    const loaded: unknown = createRequire(import.meta.url)('secp256k1/bindings.js');
    return loaded as Secp256k1;
  } catch {
    return undefined; // no prebuilt library for this machine
  }
}

function verifyNatively(native: Secp256k1, key: SigningKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const lowS = native.signatureNormalize(new Uint8Array(signature)); // in place, hence the copy
    return native.ecdsaVerify(lowS, hash('sha256', message, 'buffer'), key.point);
  } catch {
    return false; // r or s beyond the order of the curve
  }
}

function keyObject(cache: LRUCache<string, KeyObject>, key: SigningKey): KeyObject {
  const point = Buffer.from(key.point.buffer, key.point.byteOffset, key.point.length);
  const name = point.toString('latin1');
  const cached = cache.get(name);
  if (cached !== undefined) return cached;
  const jwk = {
    kty: 'EC',
    crv: key.alg === 'ES256' ? 'P-256' : 'secp256k1',
    x: point.toString('base64url', 1, 33),
    y: point.toString('base64url', 33, 65),
  };
  const made = createPublicKey({ key: jwk, format: 'jwk' });
  cache.set(name, made);
  return made;
}
