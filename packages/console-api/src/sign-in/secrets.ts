import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a browser's cookie holds: 256 random bits. Redis knows its hash only. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function isSecret(text: string | undefined): text is string {
  return text !== undefined && /^[\w-]{43}$/.test(text);
}

/** The name of what a secret opens; it does not reveal the secret. */
export function idOf(secret: string): string {
  return createHash('sha256').update('updraft console id').update(secret).digest('base64url');
}

/** 32 bytes that seal what only the holder of a secret may read. */
export function sealKeyOf(secret: string): Uint8Array {
  return createHash('sha256').update('updraft console seal').update(secret).digest();
}

/** What pages of a session send with each change; another site can't know it. */
export function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('updraft console csrf').digest('base64url');
}

export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
