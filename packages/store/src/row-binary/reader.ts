/** Reads RowBinary back: the rows that bisection sets aside. The bytes are our own, so a short read is a bug and throws RangeError. */
export interface RowBinaryReader {
  readonly view: DataView;
  position: number;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export function createRowBinaryReader(bytes: Uint8Array, start = 0): RowBinaryReader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), position: start };
}

export function readUint8(reader: RowBinaryReader): number {
  reader.position += 1;
  return reader.view.getUint8(reader.position - 1);
}

export function readUint16(reader: RowBinaryReader): number {
  reader.position += 2;
  return reader.view.getUint16(reader.position - 2, true);
}

export function readUint32(reader: RowBinaryReader): number {
  reader.position += 4;
  return reader.view.getUint32(reader.position - 4, true);
}

export function readInt32(reader: RowBinaryReader): number {
  reader.position += 4;
  return reader.view.getInt32(reader.position - 4, true);
}

export function readUint64(reader: RowBinaryReader): { hi: number; lo: number } {
  const lo = readUint32(reader);
  return { hi: readUint32(reader), lo };
}

/** An Int64 as a number: exact for safe integers. */
export function readInt64(reader: RowBinaryReader): number {
  const lo = readUint32(reader);
  return readInt32(reader) * 0x1_0000_0000 + lo;
}

export function readFloat64(reader: RowBinaryReader): number {
  reader.position += 8;
  return reader.view.getFloat64(reader.position - 8, true);
}

export function readLength(reader: RowBinaryReader): number {
  let length = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = readUint8(reader);
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) return length;
  }
}

export function readString(reader: RowBinaryReader): string {
  return utf8.decode(readBytes(reader, readLength(reader)));
}

export function readBytes(reader: RowBinaryReader, byteCount: number): Uint8Array {
  const { view, position } = reader;
  reader.position += byteCount;
  if (reader.position > view.byteLength) throw new RangeError('RowBinary ends within a value');
  return new Uint8Array(view.buffer, view.byteOffset + position, byteCount);
}
