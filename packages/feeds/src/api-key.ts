import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new key. `key` is shown to its owner once, and only the rest is stored. */
export interface NewApiKey {
  readonly key: string;
  readonly keyId: string;
  /** SHA-256 of the key, in hex. A slow hash is needless for 256 random bits. */
  readonly keyHash: string;
}

/** `updraft_<id>_<secret>`: secret scanners know it by the prefix, and the id finds its row. */
export function createApiKey(): NewApiKey {
  const keyId = randomBytes(6).toString('hex');
  const key = `updraft_${keyId}_${randomBytes(32).toString('base64url')}`;
  return { key, keyId, keyHash: hashApiKey(key) };
}

/** The id in a key, or the id that the row of an imported key has. */
export function apiKeyId(key: string): string {
  return /^updraft_([0-9a-f]{12})_[\w-]{43}$/.exec(key)?.[1] ?? importedId(hashApiKey(key));
}

/** What is stored of a key that another system made, so that it still works: a hash, as of our own. */
export function importedApiKey(key: string): Omit<NewApiKey, 'key'> {
  const keyHash = hashApiKey(key);
  return { keyId: importedId(keyHash), keyHash };
}

function importedId(keyHash: string): string {
  return `imported-${keyHash.slice(0, 12)}`;
}

export function hashApiKey(key: string): string {
  return hash('sha256', key, 'hex');
}

/** Compares in constant time. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
