import type { Account } from './directory.ts';
import { SERVICE_DID } from './stage.ts';

export const SKELETON = 'app.bsky.feed.getFeedSkeleton';

export interface TokenParts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The header and payload of a good token. */
export function goodToken({ did, key }: Account): TokenParts {
  const now = Math.floor(Date.now() / 1000);
  return {
    header: { typ: 'JWT', alg: key.jwtAlg },
    payload: { iss: did, aud: SERVICE_DID, lxm: SKELETON, iat: now, exp: now + 60, jti: 'x' },
  };
}

/** A token that the account's own key signs, with parts of it changed; undefined takes a part away. */
export async function sign(account: Account, payload: object = {}, header: object = {}): Promise<string> {
  const good = goodToken(account);
  const message = `${encode({ ...good.header, ...header })}.${encode({ ...good.payload, ...payload })}`;
  return `${message}.${Buffer.from(await account.key.sign(Buffer.from(message))).toString('base64url')}`;
}

export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** The order of secp256k1's group. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The other of the two signatures that every ECDSA signature comes as: s and order - s. */
export function withOtherS(token: string): string {
  const [header, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const s = ORDER - BigInt(`0x${bytes.toString('hex', 32)}`);
  bytes.write(s.toString(16).padStart(64, '0'), 32, 'hex');
  return `${header}.${payload}.${bytes.toString('base64url')}`;
}
