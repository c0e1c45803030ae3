// SQL expressions out of which benches make rows in the engine. Each value is a function of its row's number, so that a row can come again.

export const DAY_MS = 86_400_000;

/** A number from 0 to 1. */
export const uniform = (seed: string): string => `(cityHash64(${seed}) % 1000000007) / 1000000007.`;

/** The DID of an account by its number. */
export function did(account: string): string {
  return `concat('did:plc:', substring(lower(base32Encode(toString(cityHash64(toUInt64(${account}))))), 1, 24))`;
}

/** The version of a record that was written then. */
export const version = (ms: string): string => `bitShiftLeft(toUInt64(${ms}) * 1000, 11)`;

/** A TID as a number. */
export const tidNumber = (ms: string, salt: string): string =>
  `(bitShiftLeft(toUInt64(${ms}) * 1000 + cityHash64(${salt}) % 1000, 10) + cityHash64(${salt}, 1) % 1024)`;

/** A TID: 53 bits of microseconds and 10 of clock id, five bits a character. */
export const tid = (ms: string, salt: string): string =>
  `arrayStringConcat(arrayMap(i -> substring('234567abcdefghijklmnopqrstuvwxyz', 1 + bitAnd(bitShiftRight(bitShiftLeft(toUInt64(${ms}) * 1000, 10) + cityHash64(${salt}) % 1024, 5 * (12 - i)), 31), 1), range(13)))`;

/** The columns of a post's time. */
export const times = (ms: string): string =>
  `toUInt32(intDiv(${ms}, 3600000)) AS record_hour, fromUnixTimestamp64Milli(${ms}, 'UTC') AS sort_at`;

/**
 * How popular a liked post is: this power of two divides its number. Each further power makes the choice 0.62 times as likely, while half
 * as many posts have it.
 */
export const FAME = `toInt64(exp2(least(16, floor(log(${uniform("'fame', number")} + 1e-9) / log(0.62)))))`;

/** The rest of a post's record that its columns don't give. */
export const EMPTY_REST = "'{\\x01,\\x02,\\x04}'";

export interface Likes {
  /** Where their numbers come from. */
  readonly numbers: string;
  /** When they were made. */
  readonly ms: string;
  /** Named expressions, which `postUri` uses. */
  readonly given: readonly string[];
  readonly postUri: string;
  readonly accounts: number;
  readonly kind: 'new' | 'taken back';
}

export function likesSql({ numbers, ms, given, postUri, accounts, kind }: Likes): string {
  const isNew = kind === 'new';
  return `INSERT INTO record_rows (record_hour, collection, repo, rkey_tid, operation, subject, relative_version, deleted)
    WITH ${[`${ms} AS ms`, ...given, `${tidNumber('ms', "'l', number")} AS rkey_tid`].join(', ')}
    SELECT toUInt32(intDiv(ms, 3600000)), 'app.bsky.feed.like', ${did(`cityHash64('liker', number) % ${accounts}`)}, rkey_tid, '${isNew ? 'create' : 'delete'}',
      ${isNew ? postUri : "''"}, ${version('ms')} + ${isNew ? 0 : 1} - 2 * rkey_tid + 9223372036854775808, ${isNew ? 0 : 1}
    FROM ${numbers}`;
}
