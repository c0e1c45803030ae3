import { createHash } from 'node:crypto';
import { type Keypair, P256Keypair, Secp256k1Keypair } from '@atproto/crypto';
import type { Accounts } from './world/accounts.ts';

/** The signing keys of a world's accounts, derived from its seed when they are asked for. */
export interface Keys {
  /** The account's `#atproto` key; undefined when the world has no such DID. One account in four has a P-256 key, the others secp256k1. */
  signingKeyOf(did: string): Promise<Keypair | undefined>;
  /** Gives the account another key; earlier signatures remain those of the old one. */
  rotate(did: string): void;
}

const MAX_KEPT = 10_000;

export function createKeys(seed: number, accounts: Accounts): Keys {
  const kept = new Map<string, Promise<Keypair>>();
  const rotations = new Map<string, number>();
  return {
    async signingKeyOf(did) {
      const account = accounts.indexOf(did);
      if (account === undefined) return undefined;
      const known = kept.get(did);
      if (known) return known;
      const secret = createHash('sha256')
        .update(`${seed}/key/${account}/${rotations.get(did) ?? 0}`)
        .digest();
      const key: Promise<Keypair> = account % 4 === 3 ? P256Keypair.import(secret) : Secp256k1Keypair.import(secret);
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(did, key);
      return key;
    },
    rotate(did) {
      rotations.set(did, (rotations.get(did) ?? 0) + 1);
      kept.delete(did);
    },
  };
}
