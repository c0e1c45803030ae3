import { ECDH } from 'node:crypto';
import { base58btc } from 'multiformats/bases/base58';

/** JWT's names of the two curves of the AT Protocol: ES256K is secp256k1, ES256 is P-256. */
export type SigningAlgorithm = 'ES256K' | 'ES256';

/** A public key: `point` is its uncompressed SEC 1 form, 65 bytes, and lies on the curve. */
export interface SigningKey {
  readonly alg: SigningAlgorithm;
  readonly point: Uint8Array;
}

/**
 * The key of a verification method: `Multikey`, or one of the 2019 suites.
 * Undefined for other types and for bytes that are not a point of the curve. Source: https://atproto.com/specs/did
 */
export function parseVerificationMethod(method: {
  type: unknown;
  publicKeyMultibase: unknown;
}): SigningKey | undefined {
  if (typeof method.publicKeyMultibase !== 'string' || method.publicKeyMultibase.length > 256) return undefined;
  const bytes = decodeBase58(method.publicKeyMultibase);
  if (bytes === undefined) return undefined;
  if (method.type === 'Multikey') return parseMulticodec(bytes);
  if (method.type === 'EcdsaSecp256k1VerificationKey2019') return signingKey('ES256K', bytes);
  if (method.type === 'EcdsaSecp256r1VerificationKey2019') return signingKey('ES256', bytes);
  return undefined;
}

/** The key of a `did:key:z…`, or undefined. */
export function parseDidKey(did: string): SigningKey | undefined {
  if (!did.startsWith('did:key:') || did.length > 256) return undefined;
  const bytes = decodeBase58(did.slice('did:key:'.length));
  return bytes === undefined ? undefined : parseMulticodec(bytes);
}

/** The key with the SEC 1 form `bytes`, compressed or not; undefined when that is not a point of the curve. */
export function signingKey(alg: SigningAlgorithm, bytes: Uint8Array): SigningKey | undefined {
  if (bytes.length !== 33 && bytes.length !== 65) return undefined;
  try {
    const point = ECDH.convertKey(bytes, CURVES[alg], undefined, undefined, 'uncompressed');
    return typeof point === 'string' ? undefined : { alg, point: new Uint8Array(point) };
  } catch {
    return undefined; // not on the curve
  }
}

const CURVES: Record<SigningAlgorithm, string> = { ES256K: 'secp256k1', ES256: 'prime256v1' };

// Varints of the multicodec table: secp256k1-pub 0xe7, p256-pub 0x1200.
const SECP256K1_PREFIX = [0xe7, 0x01];
const P256_PREFIX = [0x80, 0x24];

function parseMulticodec(bytes: Uint8Array): SigningKey | undefined {
  const hasPrefix = (prefix: readonly number[]) => prefix.every((byte, index) => bytes[index] === byte);
  if (hasPrefix(SECP256K1_PREFIX)) return signingKey('ES256K', bytes.subarray(2));
  if (hasPrefix(P256_PREFIX)) return signingKey('ES256', bytes.subarray(2));
  return undefined;
}

function decodeBase58(text: string): Uint8Array | undefined {
  try {
    return base58btc.decode(text);
  } catch {
    return undefined; // another base, or not base58
  }
}
