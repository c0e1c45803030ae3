import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new secret, which is shown once, and its hash, which is stored. */
export function createJobSecret(): { secret: string; hash: string } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, hash: hashSecret(secret) };
}

/** Whether an Authorization header holds the secret of `hash`. Takes the same time for any header. */
export function bearsSecret(authorization: string | undefined, hash: string): boolean {
  const [, secret = ''] = /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(authorization ?? '') ?? [];
  const [given, kept] = [Buffer.from(hashSecret(secret)), Buffer.from(hash)];
  return given.length === kept.length && timingSafeEqual(given, kept);
}

function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
