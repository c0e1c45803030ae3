/**
 * A growable buffer of ClickHouse's RowBinary encoding (https://clickhouse.com/docs/en/interfaces/formats/RowBinary):
 * little-endian numbers of fixed width; a string is its length in bytes as LEB128, then UTF-8.
 * Plain state and free functions, so that the encoders below stay monomorphic and inline.
 */
export interface RowBinaryWriter {
  buffer: Buffer;
  view: DataView;
  /** Bytes written so far; set back to take back what came after. */
  position: number;
}

const INITIAL_BYTES = 64 * 1024;
/** Up to here a loop over the characters beats the call into Buffer's encoder. */
const LOOP_LIMIT = 64;
/** Up to here the length in bytes is guessed and mended. */
const GUESS_LIMIT = 16_384;
const MAX_LENGTH_BYTES = 5;
const MAX_BYTES_PER_UNIT = 3;

/** Makes an empty writer; its buffer doubles as it grows and never shrinks. */
export function createRowBinaryWriter(initialBytes = INITIAL_BYTES): RowBinaryWriter {
  const buffer = Buffer.allocUnsafeSlow(initialBytes);
  return { buffer, view: viewOf(buffer), position: 0 };
}

/** The bytes written from `from` to `to`, as a view: valid until the writer is written to again. */
export function writtenBytes(writer: RowBinaryWriter, from = 0, to = writer.position): Uint8Array {
  return writer.buffer.subarray(from, to);
}

export function writeUint8(writer: RowBinaryWriter, value: number): void {
  reserve(writer, 1);
  writer.buffer[writer.position] = value;
  writer.position += 1;
}

export function writeUint16(writer: RowBinaryWriter, value: number): void {
  reserve(writer, 2);
  writer.view.setUint16(writer.position, value, true);
  writer.position += 2;
}

export function writeUint32(writer: RowBinaryWriter, value: number): void {
  reserve(writer, 4);
  writer.view.setUint32(writer.position, value, true);
  writer.position += 4;
}

/** Two unsigned 32-bit halves. */
export function writeUint64(writer: RowBinaryWriter, hi: number, lo: number): void {
  reserve(writer, 8);
  writer.view.setUint32(writer.position, lo, true);
  writer.view.setUint32(writer.position + 4, hi, true);
  writer.position += 8;
}

/** A safe integer of either sign, as Int64. */
export function writeInt64(writer: RowBinaryWriter, value: number): void {
  const hi = Math.floor(value / 0x1_0000_0000);
  writeUint64(writer, hi >>> 0, (value - hi * 0x1_0000_0000) >>> 0);
}

export function writeFloat64(writer: RowBinaryWriter, value: number): void {
  reserve(writer, 8);
  writer.view.setFloat64(writer.position, value, true);
  writer.position += 8;
}

/** A length below 2^32 as unsigned LEB128. */
export function writeLength(writer: RowBinaryWriter, length: number): void {
  reserve(writer, 5);
  let rest = length;
  while (rest >= 0x80) {
    writer.buffer[writer.position] = (rest & 0x7f) | 0x80;
    writer.position += 1;
    rest >>>= 7;
  }
  writer.buffer[writer.position] = rest;
  writer.position += 1;
}

/** Length and UTF-8; a lone surrogate becomes U+FFFD, as in every encoder of the web. */
export function writeString(writer: RowBinaryWriter, value: string): void {
  const length = value.length;
  if (length > LOOP_LIMIT || !writeShortAscii(writer, value, length)) writeAnyString(writer, value);
}

/** The caller has checked that `value` is ASCII of at most `length` characters; NULs fill the rest. */
export function writeFixedString(writer: RowBinaryWriter, value: string, length: number): void {
  reserve(writer, length);
  const end = writer.position + length;
  writer.buffer.fill(0, writer.position + writer.buffer.write(value, writer.position, length, 'latin1'), end);
  writer.position = end;
}

function writeShortAscii(writer: RowBinaryWriter, value: string, length: number): boolean {
  reserve(writer, length + 1);
  const buffer = writer.buffer;
  const start = writer.position + 1;
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit > 0x7f) return false;
    buffer[start + i] = unit;
  }
  buffer[start - 1] = length;
  writer.position = start + length;
  return true;
}

function writeAnyString(writer: RowBinaryWriter, value: string): void {
  const units = value.length;
  if (units > GUESS_LIMIT) {
    const byteLength = Buffer.byteLength(value, 'utf8');
    writeLength(writer, byteLength);
    reserve(writer, byteLength);
    writer.position += writer.buffer.write(value, writer.position, byteLength, 'utf8');
    return;
  }
  // Room for the length as it is when all is ASCII: one call instead of two. When it is not, the bytes are moved.
  reserve(writer, MAX_LENGTH_BYTES + units * MAX_BYTES_PER_UNIT);
  const start = writer.position + lengthBytes(units);
  const byteLength = writer.buffer.write(value, start, units * MAX_BYTES_PER_UNIT, 'utf8');
  const mended = writer.position + lengthBytes(byteLength);
  if (mended !== start) writer.buffer.copyWithin(mended, start, start + byteLength);
  writeLength(writer, byteLength);
  writer.position += byteLength;
}

/** Bytes of the LEB128 of a length below 2^21. */
function lengthBytes(length: number): number {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : 3;
}

function reserve(writer: RowBinaryWriter, byteCount: number): void {
  if (writer.position + byteCount > writer.buffer.length) grow(writer, byteCount);
}

function grow(writer: RowBinaryWriter, byteCount: number): void {
  const bigger = Buffer.allocUnsafeSlow(Math.max(writer.buffer.length * 2, writer.position + byteCount));
  writer.buffer.copy(bigger, 0, 0, writer.position);
  writer.buffer = bigger;
  writer.view = viewOf(bigger);
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
