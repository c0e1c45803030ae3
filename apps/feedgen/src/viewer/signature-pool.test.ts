import { createECDH, createPrivateKey, sign } from 'node:crypto';
import { type SigningKey, signingKey } from '@updraft/identity';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packBatch, unpackBatch } from './signature-batch.ts';
import { createSignaturePool, PoolFullError, type SignaturePool } from './signature-pool.ts';

function newPair() {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const point = ecdh.getPublicKey();
  const [d, x, y] = [ecdh.getPrivateKey(), point.subarray(1, 33), point.subarray(33)].map((part) =>
    part.toString('base64url'),
  );
  const secret = createPrivateKey({
    key: { kty: 'EC', crv: 'P-256', d: d ?? '', x: x ?? '', y: y ?? '' },
    format: 'jwk',
  });
  const key = signingKey('ES256', point) as SigningKey;
  return { key, sign: (message: Uint8Array) => sign('sha256', message, { key: secret, dsaEncoding: 'ieee-p1363' }) };
}

describe('a pool of signature threads', () => {
  let pool: SignaturePool;
  beforeAll(() => {
    pool = createSignaturePool({ threads: 2, maxPending: 200, onThreadLost: () => {} });
  });
  afterAll(() => pool.close());

  test('gives each caller its own verdict', async () => {
    const pair = newPair();
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, (_, n) => {
        const message = Buffer.from(`message ${n}`);
        return pool.verify(pair.key, n % 3 === 0 ? Buffer.from('another') : message, pair.sign(message));
      }),
    );
    expect(verdicts).toEqual(Array.from({ length: 100 }, (_, n) => n % 3 !== 0));
  });

  test('refuses more than its bound, and accepts again when it has caught up', async () => {
    const pair = newPair();
    const [message, signature] = [Buffer.from('m'), pair.sign(Buffer.from('m'))];
    const settled = await Promise.allSettled(
      Array.from({ length: 201 }, () => pool.verify(pair.key, message, signature)),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(200);
    expect(settled[200]).toMatchObject({ reason: expect.any(PoolFullError) });
    expect(await pool.verify(pair.key, message, signature)).toBe(true);
  });
});

test('checks of a thread that ends are made here', async () => {
  const pool = createSignaturePool({ threads: 1, onThreadLost: () => {} });
  const pair = newPair();
  const [message, signature] = [Buffer.from('m'), pair.sign(Buffer.from('m'))];
  const verdicts = [message, Buffer.from('another')].map((text) => pool.verify(pair.key, text, signature));
  await new Promise((resolve) => setImmediate(resolve)); // they are sent
  await pool.close();
  expect(await Promise.all(verdicts)).toEqual([true, false]);
});

test('a batch is unpacked as it was packed', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const key = fc.record({ alg: fc.constantFrom('ES256K' as const, 'ES256' as const), point: bytes(65) });
  const check = fc.record({ key, signature: bytes(64), message: fc.uint8Array({ maxLength: 300 }) });
  fc.assert(
    fc.property(fc.array(check, { maxLength: 10 }), (checks) => {
      expect(unpackBatch(packBatch(checks))).toEqual(checks);
    }),
  );
});
