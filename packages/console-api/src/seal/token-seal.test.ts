import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createTokenSeal, UnsealError } from './token-seal.ts';

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const TOKEN = 'eyJhbGciOi.secret.token';

describe('a sealed token', () => {
  test('is read by the same key, and does not show the token', async () => {
    const seal = createTokenSeal([oldKey]);
    const sealed = await seal.seal('job-1', TOKEN);
    expect(await seal.unseal('job-1', sealed)).toBe(TOKEN);
    expect(sealed).not.toContain('secret');
    expect(await seal.seal('job-1', TOKEN)).not.toBe(sealed);
  });

  test('outlives a change of keys while the old one is still listed', async () => {
    const sealed = await createTokenSeal([oldKey]).seal('job-1', TOKEN);
    const rotated = createTokenSeal([newKey, oldKey]);
    expect(await rotated.unseal('job-1', sealed)).toBe(TOKEN);
    const again = await rotated.seal('job-1', TOKEN);
    expect(await createTokenSeal([newKey]).unseal('job-1', again)).toBe(TOKEN);
    await expect(createTokenSeal([newKey]).unseal('job-1', sealed)).rejects.toThrow(UnsealError);
  });

  test('is of no use for another job, or when a byte of it is changed', async () => {
    const seal = createTokenSeal([oldKey]);
    const sealed = await seal.seal('job-1', TOKEN);
    await expect(seal.unseal('job-2', sealed)).rejects.toThrow(UnsealError);
    const middle = sealed.length - 10;
    const changed = sealed.slice(0, middle) + (sealed[middle] === 'A' ? 'B' : 'A') + sealed.slice(middle + 1);
    await expect(seal.unseal('job-1', changed)).rejects.toThrow(UnsealError);
    await expect(seal.unseal('job-1', '')).rejects.toThrow(UnsealError);
    await expect(seal.unseal('job-1', TOKEN)).rejects.toThrow(UnsealError);
  });
});
