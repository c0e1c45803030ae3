import { createHash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

/** A sealed token can't be read; the message never contains any of the token. */
export class UnsealError extends Error {
  override name = 'UnsealError';
}

/** Encrypts the refresh tokens of jobs at rest (JWE, A256GCM). A sealed token can only be read for its own job. */
export interface TokenSeal {
  seal(jobId: string, token: string): Promise<string>;
  /** @throws UnsealError when no key fits, or when the token was changed or sealed for another job */
  unseal(jobId: string, sealed: string): Promise<string>;
}

/**
 * `keys` have 32 bytes each: the first one seals, all of them unseal. To replace a key, put a new one in front; the old one can
 * go once every job that it sealed has run again. Source: RFC 7516, `dir` with A256GCM.
 */
export function createTokenSeal(keys: readonly Uint8Array[]): TokenSeal {
  const byId = new Map(keys.map((key) => [keyId(key), key]));
  const [first] = keys;
  if (first === undefined) throw new RangeError('a token seal needs a key');
  return {
    seal: (jobId, token) =>
      new CompactEncrypt(new TextEncoder().encode(token))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: keyId(first), job: jobId })
        .encrypt(first),
    unseal: async (jobId, sealed) => {
      const { plaintext, protectedHeader } = await decrypt(byId, sealed);
      if (protectedHeader['job'] !== jobId) throw new UnsealError('the token was sealed for another job');
      return new TextDecoder().decode(plaintext);
    },
  };
}

async function decrypt(
  keys: ReadonlyMap<string, Uint8Array>,
  sealed: string,
): Promise<Awaited<ReturnType<typeof compactDecrypt>>> {
  try {
    return await compactDecrypt(
      sealed,
      ({ kid }) => {
        const key = kid === undefined ? undefined : keys.get(kid);
        if (key === undefined) throw new UnsealError('CLEANUP_TOKEN_KEY no longer has the key that sealed the token');
        return key;
      },
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
    );
  } catch (cause) {
    if (cause instanceof UnsealError) throw cause;
    throw new UnsealError('the token can not be read', { cause });
  }
}

/** A name for a key that does not reveal it. */
function keyId(key: Uint8Array): string {
  return createHash('sha256').update('updraft cleanup token key').update(key).digest('base64url').slice(0, 11);
}
