import { createHash } from 'node:crypto';

/** The accounts of a world, numbered from 0. What follows from the seed is not stored. */
export interface Accounts {
  readonly count: number;
  did(account: number): string;
  /** The account's handle after `version` changes. */
  handle(account: number, version: number): string;
  /** The 10 bits of the account's PDS in its TIDs. */
  clockId(account: number): number;
  indexOf(did: string): number | undefined;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const FIRST = 'ada bao clara dmitri emi farid greta hana ivo joana kofi lena mika noor olga pia'.split(' ');
const SECOND = 'fern stone cloud river moss ember frost linden wren otter maple heron dune fjord iris kite'.split(' ');
const DOMAINS = ['bsky.social', 'bsky.social', 'bsky.social', 'updraft.example', 'blau.example', 'sora.example'];

export function createAccounts(seed: number, count: number): Accounts {
  const dids: string[] = new Array<string>(count);
  let byDid: Map<string, number> | undefined;
  const did = (account: number) => {
    const known = dids[account];
    if (known !== undefined) return known;
    const text = `did:plc:${base32(createHash('sha1').update(`${seed}/did/${account}`).digest())}`;
    dids[account] = text;
    return text;
  };
  return {
    count,
    did,
    handle: (account, version) => handleOf(account, version),
    clockId: (account) => (Math.imul(account, 0x9e3779b1) >>> 20) & 1023,
    indexOf: (text) => {
      byDid ??= new Map(Array.from({ length: count }, (_, account) => [did(account), account]));
      return byDid.get(text);
    },
  };
}

/** 24 characters of base 32, as in a did:plc. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (let i = 0; i < 15; i++) {
    value = ((value << 8) | (bytes[i] ?? 0)) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32.charAt((value >>> (bits - 5)) & 31);
  }
  return text;
}

function handleOf(account: number, version: number): string {
  const first = FIRST[(account + version) % FIRST.length];
  const second = SECOND[Math.floor(account / FIRST.length + version * 5) % SECOND.length];
  return `${first}-${second}-${account}.${DOMAINS[(account + version * 3) % DOMAINS.length]}`;
}
