import { createHash, createPrivateKey } from 'node:crypto';
import { JoseKey } from '@atproto/oauth-client-node';
import { parseJson } from '@updraft/service';
import { z } from 'zod';

const coordinate = z.base64url().length(43);
const keyFields = z
  .object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: coordinate,
    y: coordinate,
    d: coordinate,
    kid: z.string().optional(),
  })
  .refine(isKey);

/** OAUTH_PRIVATE_KEY: a private JWK of the curve P-256. It never appears in a fault. */
export const privateKey = z.string().transform((text, context): JoseKey => {
  const key = keyFields.safeParse(parseJson(text)).data;
  if (key !== undefined) {
    const kid = key.kid ?? createHash('sha256').update(`${key.x}.${key.y}`).digest('base64url').slice(0, 16);
    return new JoseKey({ ...key, kid, alg: 'ES256', key_ops: ['sign'] });
  }
  context.issues.push({ code: 'custom', input: '', message: 'expected a private key of P-256 as a JWK in JSON' });
  return z.NEVER;
});

function isKey(key: Record<string, unknown>): boolean {
  try {
    return createPrivateKey({ key, format: 'jwk' }).type === 'private';
  } catch {
    return false;
  }
}
