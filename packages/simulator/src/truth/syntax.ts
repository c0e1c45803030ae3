/**
 * The syntax rules of the protocol as regular expressions. The truth must not share code, and so faults, with the parser that it
 * judges. Sources: atproto.com/specs/{did,handle,nsid,record-key,at-uri-scheme,tid}, and RFC 3339.
 */

export interface TidParts {
  readonly micros: bigint;
  readonly clockId: bigint;
}

const TID = /^[2-7ab][2-7a-z]{12}$/;
const DID = /^did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]$/;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HANDLE = new RegExp(`^(?:${LABEL}\\.)+(?!\\d)${LABEL}$`);
const NSID = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){2,}$/;
const RKEY = /^(?!\.{1,2}$)[A-Za-z0-9._:~-]{1,512}$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const DIGITS = '234567abcdefghijklmnopqrstuvwxyz';

export function tidOf(text: unknown): TidParts | undefined {
  if (typeof text !== 'string' || !TID.test(text)) return undefined;
  let value = 0n;
  for (const digit of text) value = value * 32n + BigInt(DIGITS.indexOf(digit));
  return { micros: value >> 10n, clockId: value & 1023n };
}

export const isDid = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= 2_048 && DID.test(text);

export const isHandle = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= 253 && HANDLE.test(text);

export const isNsid = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= 317 && NSID.test(text);

export const isRkey = (text: unknown): text is string => typeof text === 'string' && RKEY.test(text);

export function isAtUri(text: unknown): text is string {
  if (typeof text !== 'string' || !text.startsWith('at://')) return false;
  const parts = text.slice(5).split('/');
  const [authority, collection, rkey] = parts;
  if (parts.length > 3 || !(isDid(authority) || isHandle(authority))) return false;
  return (parts.length < 2 || isNsid(collection)) && (parts.length < 3 || isRkey(rkey));
}

/** Microseconds since 1970 of an RFC 3339 time, further digits cut off; undefined for other text. */
export function microsOf(text: unknown): bigint | undefined {
  if (typeof text !== 'string' || text.length > 64) return undefined;
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const offset = (offsetHours * 60 + offsetMinutes) * (match[8] === '-' ? -1 : 1);
  const ms = date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1_000;
  return BigInt(ms) * 1_000n + BigInt((match[7] ?? '').padEnd(6, '0').slice(0, 6));
}

/** Whole milliseconds since 1970, the fraction counted forward as clocks do. */
export function millisOf(text: unknown): number | undefined {
  const micros = microsOf(text);
  return micros === undefined ? undefined : Number(micros < 0n ? (micros - 999n) / 1_000n : micros / 1_000n);
}
