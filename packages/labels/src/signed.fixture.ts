import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { encode, toBytes } from '@atcute/cbor';
import { type SigningKey, signingKey } from '@updraft/identity';
import type { LabelsFrame } from './frame.ts';

/** A key of a labeler and what is signed with it. */
export interface Signer {
  readonly key: SigningKey;
  sign(label: object): object;
}

export function newSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const key = signingKey('ES256K', point);
  if (key === undefined) throw new Error('Node made a key that is not on its curve');
  return { key, sign: (label) => ({ ...label, sig: toBytes(signatureOf(privateKey, encode(label))) }) };
}

function signatureOf(key: KeyObject, message: Uint8Array): Uint8Array {
  return createSign('sha256').update(message).sign({ key, dsaEncoding: 'ieee-p1363' });
}

export function frameOf(seq: number, ...labels: unknown[]): LabelsFrame {
  return { kind: 'labels', seq, labels };
}
