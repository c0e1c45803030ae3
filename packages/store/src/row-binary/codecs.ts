import type { Version } from '@updraft/atproto';
import {
  type RowBinaryReader,
  readBytes,
  readFloat64,
  readInt64,
  readLength,
  readString,
  readUint8,
  readUint16,
  readUint32,
  readUint64,
} from './reader.ts';
import {
  type RowBinaryWriter,
  writeFixedString,
  writeFloat64,
  writeInt64,
  writeLength,
  writeString,
  writeUint8,
  writeUint16,
  writeUint32,
  writeUint64,
} from './writer.ts';

/**
 * How one type of column is encoded. `accepts` is asked before `write`: RowBinary takes any bits, so an integer out of
 * range or a date outside the type's years would go in silently as another one.
 */
export interface Codec<T> {
  /** ClickHouse's name of the type, as in the header of RowBinaryWithNamesAndTypes. */
  readonly type: string;
  /** What a value must be, for the message about one that is not. */
  readonly expected: string;
  /** False for any other value, null and undefined included. */
  accepts(value: T): boolean;
  write(writer: RowBinaryWriter, value: T): void;
  read(reader: RowBinaryReader): T;
  /** A value of an answer, as ClickHouse's JSON has it; `accepts` is asked after it. Absent: JSON has the value as it is. */
  fromJson?(value: unknown): T;
}

/** Far above what the network allows, and below the 2 GiB that a Buffer and our LEB128 can take. */
const MAX_STRING_UNITS = 256 * 1024 * 1024;
/** DateTime64 holds 1900-01-01 … 2299-12-31 (https://clickhouse.com/docs/en/sql-reference/data-types/datetime64). */
const MIN_DATETIME64_S = Date.UTC(1900, 0, 1) / 1000;
const MAX_DATETIME64_S = Date.UTC(2300, 0, 1) / 1000;

/** UInt8 as a boolean. */
export const bool: Codec<boolean> = {
  type: 'UInt8',
  expected: 'a boolean',
  accepts: (value) => typeof value === 'boolean',
  write: (writer, value) => writeUint8(writer, value ? 1 : 0),
  read: (reader) => readUint8(reader) !== 0,
  fromJson: (value) => value === 1,
};

export const uint16: Codec<number> = {
  type: 'UInt16',
  expected: 'an integer from 0 to 65535',
  accepts: (value) => (value & 0xffff) === value,
  write: writeUint16,
  read: readUint16,
};

export const uint32: Codec<number> = {
  type: 'UInt32',
  expected: 'an integer from 0 to 2^32 - 1',
  accepts: isUint32,
  write: writeUint32,
  read: readUint32,
};

/** UInt64 from a safe integer: counts, microseconds. */
export const uint64: Codec<number> = {
  type: 'UInt64',
  expected: 'a safe integer from 0',
  accepts: (value) => Number.isSafeInteger(value) && value >= 0,
  write: writeInt64,
  read: readInt64,
  fromJson: Number,
};

/** Int64 from a safe integer. */
export const int64: Codec<number> = {
  type: 'Int64',
  expected: 'a safe integer',
  accepts: (value) => Number.isSafeInteger(value),
  write: writeInt64,
  read: readInt64,
  fromJson: Number,
};

/** UInt64 as its two halves: all 64 bits, without a BigInt. */
export const version: Codec<Version> = {
  type: 'UInt64',
  expected: 'a version {hi, lo} of two unsigned 32-bit integers',
  accepts: (value) => typeof value === 'object' && value !== null && isUint32(value.hi) && isUint32(value.lo),
  write: (writer, value) => writeUint64(writer, value.hi, value.lo),
  read: readUint64,
  fromJson: (value) => {
    const bits = BigInt(String(value));
    return { hi: Number(bits >> 32n), lo: Number(bits & 0xffff_ffffn) };
  },
};

export const float64: Codec<number> = {
  type: 'Float64',
  expected: 'a number',
  accepts: (value) => typeof value === 'number',
  write: writeFloat64,
  read: readFloat64,
};

export const string: Codec<string> = {
  type: 'String',
  expected: 'a string of at most 256 Mi characters',
  accepts: isString,
  write: writeString,
  read: readString,
};

/** Encoded as a String; the type is named in full, else the server refuses the header. */
export const lowCardinalityString: Codec<string> = { ...string, type: 'LowCardinality(String)' };

export const arrayOfStrings: Codec<readonly string[]> = {
  type: 'Array(String)',
  expected: 'an array of strings',
  accepts: (value) => Array.isArray(value) && value.every(isString),
  write: (writer, value) => {
    writeLength(writer, value.length);
    for (const item of value) writeString(writer, item);
  },
  read: (reader) => Array.from({ length: readLength(reader) }, () => readString(reader)),
};

/** Array(UInt64), all 64 bits of each. */
export const arrayOfVersions: Codec<readonly Version[]> = {
  type: 'Array(UInt64)',
  expected: 'an array of versions {hi, lo}',
  accepts: (value) => Array.isArray(value) && value.every(version.accepts),
  write: (writer, value) => {
    writeLength(writer, value.length);
    for (const { hi, lo } of value) writeUint64(writer, hi, lo);
  },
  read: (reader) => Array.from({ length: readLength(reader) }, () => readUint64(reader)),
};

/** Encoded as an Array(String). */
export const arrayOfLowCardinalityStrings: Codec<readonly string[]> = {
  ...arrayOfStrings,
  type: 'Array(LowCardinality(String))',
};

/** DateTime('UTC') in whole seconds since 1970; the type ends in 2106. */
export const dateTime: Codec<number> = {
  type: "DateTime('UTC')",
  expected: 'whole seconds since 1970, up to 2^32 - 1',
  accepts: isUint32,
  write: writeUint32,
  read: readUint32,
  fromJson: (value) => msOf(value) / 1000,
};

/** Days since 1970. */
export const date: Codec<number> = {
  ...uint16,
  type: 'Date',
  expected: 'days since 1970, up to 65535',
  fromJson: (value) => msOf(value) / 86_400_000,
};

/** DateTime64(3, 'UTC') in milliseconds since 1970. */
export const dateTime64Ms: Codec<number> = dateTime64(3);
/** DateTime64(6, 'UTC') in microseconds since 1970. */
export const dateTime64Micros: Codec<number> = dateTime64(6);

/** ASCII text of exactly `length` characters: hashes in hex. */
export function fixedString(length: number): Codec<string> {
  return {
    type: `FixedString(${length})`,
    expected: `exactly ${length} ASCII characters`,
    accepts: (value) => typeof value === 'string' && value.length === length && isAscii(value),
    write: (writer, value) => writeFixedString(writer, value, length),
    read: (reader) => Buffer.from(readBytes(reader, length)).toString('latin1'),
  };
}

function dateTime64(precision: 3 | 6): Codec<number> {
  const unitsPerSecond = 10 ** precision;
  const min = MIN_DATETIME64_S * unitsPerSecond;
  const max = MAX_DATETIME64_S * unitsPerSecond;
  return {
    type: `DateTime64(${precision}, 'UTC')`,
    expected: `whole ${precision === 3 ? 'milli' : 'micro'}seconds since 1970, of the years 1900 to 2299`,
    accepts: (value) => Number.isInteger(value) && value >= min && value < max,
    write: writeInt64,
    read: readInt64,
    fromJson: precision === 3 ? msOf : (value) => msOf(value) * 1000 + Number(String(value).slice(-4, -1)),
  };
}

/** Of a time in ISO 8601, as ANSWER_SETTINGS ask for it; digits after the milliseconds are cut off. */
function msOf(value: unknown): number {
  return Date.parse(String(value));
}

function isUint32(value: number): boolean {
  return typeof value === 'number' && value >>> 0 === value;
}

function isString(value: string): boolean {
  return typeof value === 'string' && value.length <= MAX_STRING_UNITS;
}

function isAscii(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 0x7f) return false;
  return true;
}
