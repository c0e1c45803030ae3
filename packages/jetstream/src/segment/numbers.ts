/** Little-endian 64-bit integers of the format as numbers: all that it holds (sequence numbers, microseconds, offsets) fit 53 bits. */

/** Undefined when the unsigned integer is above 2^53. */
export function readUint64(bytes: Buffer, offset: number): number | undefined {
  const value = bytes.readUInt32LE(offset + 4) * 2 ** 32 + bytes.readUInt32LE(offset);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Undefined when the signed integer is beyond 2^53 on either side. */
export function readInt64(bytes: Buffer, offset: number): number | undefined {
  const value = bytes.readInt32LE(offset + 4) * 2 ** 32 + bytes.readUInt32LE(offset);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Signed or not: below 2^53 both are written alike. */
export function writeInt64(bytes: Buffer, value: number, offset: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} can't be written as a 64-bit integer`);
  bytes.writeInt32LE(Math.floor(value / 2 ** 32), offset + 4);
  bytes.writeUInt32LE(((value % 2 ** 32) + 2 ** 32) % 2 ** 32, offset);
}
