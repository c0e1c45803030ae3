/**
 * A timestamp identifier: 53 bits of microseconds since 1970 and 10 bits of clock id, the top bit of the 64 being 0.
 * Source: https://atproto.com/specs/tid
 */
export interface Tid {
  readonly micros: number;
  readonly clockId: number;
}

/**
 * The TID that `text` spells, or undefined. Stricter than the spec's regex by one bit: the first character must leave
 * the sign bit clear (`2`–`7`, `a`, `b`), so that `micros` is a safe integer and a version fits 64 bits.
 */
export function parseTid(text: string): Tid | undefined {
  if (text.length !== LENGTH || digit(text, 0) > 7) return undefined;
  const high = fiveBitDigits(text, 0, 5);
  const low = fiveBitDigits(text, 5, 11);
  const clockId = fiveBitDigits(text, 11, 13);
  if (high < 0 || low < 0 || clockId < 0) return undefined;
  return { micros: high * 2 ** 30 + low, clockId };
}

/** The 13 characters of a TID. Throws a RangeError for numbers that no TID can have: a mistake of the caller. */
export function formatTid(tid: Tid): string {
  const { micros, clockId } = tid;
  if (!Number.isSafeInteger(micros) || micros < 0) throw new RangeError(`no TID holds ${micros} microseconds`);
  if (!Number.isInteger(clockId) || clockId < 0 || clockId > 1023)
    throw new RangeError(`no TID holds clock id ${clockId}`);
  return (
    spell(Math.floor(micros / 2 ** 30), 5) + // 23 bits, so the first character is at most 'b'
    spell(micros % 2 ** 30, 6) +
    spell(clockId, 2)
  );
}

const ALPHABET = '234567abcdefghijklmnopqrstuvwxyz';
const LENGTH = 13;

const DIGITS = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) DIGITS[ALPHABET.charCodeAt(i)] = i;

function digit(text: string, index: number): number {
  return DIGITS[text.charCodeAt(index)] ?? -1;
}

/** The number that characters [from, to) spell, at most 30 bits of it; negative when one is outside the alphabet. */
function fiveBitDigits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const next = digit(text, i);
    if (next < 0) return -1;
    value = value * 32 + next;
  }
  return value;
}

function spell(value: number, length: number): string {
  let text = '';
  for (let i = length - 1; i >= 0; i--) text += ALPHABET.charAt((value >>> (5 * i)) & 31);
  return text;
}
