import type { Key } from '@updraft/recommender';

const MASK = 0xffff_ffff_ffff_ffffn;

/** The key of an account, as ClickHouse's sipHash64 makes it: SipHash-2-4 with the key 0. */
export function didKey(did: string): Key {
  const hash = sipHash(Buffer.from(did));
  return { lo: Number(hash & 0xffff_ffffn), hi: Number(hash >> 32n) };
}

/** https://www.aumasson.jp/siphash/siphash.pdf */
function sipHash(bytes: Buffer): bigint {
  const state: State = [0x736f6d6570736575n, 0x646f72616e646f6dn, 0x6c7967656e657261n, 0x7465646279746573n];
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) absorb(state, bytes.readBigUInt64LE(at));
  const last = Buffer.alloc(8);
  bytes.copy(last, 0, whole);
  last[7] = bytes.length & 0xff;
  absorb(state, last.readBigUInt64LE());
  state[2] ^= 0xffn;
  for (let round = 0; round < 4; round++) mix(state);
  return state[0] ^ state[1] ^ state[2] ^ state[3];
}

type State = [bigint, bigint, bigint, bigint];

function absorb(state: State, word: bigint): void {
  state[3] ^= word;
  mix(state);
  mix(state);
  state[0] ^= word;
}

const rotated = (word: bigint, bits: bigint): bigint => ((word << bits) | (word >> (64n - bits))) & MASK;

function mix(state: State): void {
  let [a, b, c, d] = state;
  a = (a + b) & MASK;
  c = (c + d) & MASK;
  b = rotated(b, 13n) ^ a;
  d = rotated(d, 16n) ^ c;
  a = rotated(a, 32n);
  c = (c + b) & MASK;
  a = (a + d) & MASK;
  b = rotated(b, 17n) ^ c;
  d = rotated(d, 21n) ^ a;
  c = rotated(c, 32n);
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}
