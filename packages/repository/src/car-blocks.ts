import { readSync } from 'node:fs';
import { decode } from '@atcute/cbor';
import { RepositoryError } from './repository-error.ts';

/** A block of a CAR file: `at` is the position of its content in the file, `bytes` a view that the next block overwrites. */
export interface CarBlock {
  /** 36 bytes: CIDv1, dag-cbor or raw, SHA-256. */
  readonly cid: Uint8Array;
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * The blocks of a CAR v1 file in their order, read with one buffer. A block may have at most 4 MiB; the libraries' readers
 * believe whatever length a file claims. Content is not checked against its CID.
 * Throws a RepositoryError when this is not a CAR file, or ends within a block. Source: https://dasl.ing/car.html
 */
export function* carBlocks(fd: number): Generator<CarBlock> {
  const reader = createByteReader(fd);
  readHeader(reader);
  while (!reader.isAtEnd()) {
    const length = readLength(reader, MAX_BLOCK_BYTES + CID_BYTES);
    if (length < CID_BYTES) throw new RepositoryError('the CAR file has a block without a CID');
    const at = reader.position() + CID_BYTES;
    const block = reader.take(length);
    const cid = block.subarray(0, CID_BYTES);
    if (!isCid(cid)) throw new RepositoryError('the CAR file has a CID of an unknown kind');
    yield { cid, at, bytes: block.subarray(CID_BYTES) };
  }
}

/** The CID of the commit that the CAR file begins with. */
export function carRoot(fd: number): Uint8Array {
  return readHeader(createByteReader(fd));
}

const CID_BYTES = 36;
const MAX_BLOCK_BYTES = 4 * 1024 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;
const BUFFER_BYTES = 256 * 1024;

function isCid(cid: Uint8Array): boolean {
  return cid[0] === 1 && (cid[1] === 0x71 || cid[1] === 0x55) && cid[2] === 0x12 && cid[3] === 32;
}

function readHeader(reader: ByteReader): Uint8Array {
  const bytes = reader.take(readLength(reader, MAX_HEADER_BYTES));
  const header = decodeHeader(bytes);
  const roots: unknown = isObject(header) && header['version'] === 1 ? header['roots'] : undefined;
  const root: unknown = Array.isArray(roots) ? roots[0] : undefined;
  const cid: unknown = isObject(root) ? root['bytes'] : undefined;
  if (!(cid instanceof Uint8Array) || !isCid(cid))
    throw new RepositoryError('this is not the CAR file of a repository');
  return Uint8Array.from(cid);
}

function decodeHeader(bytes: Uint8Array): unknown {
  try {
    const header: unknown = decode(bytes);
    return header;
  } catch (cause) {
    throw new RepositoryError('this is not the CAR file of a repository', { cause });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function readLength(reader: ByteReader, max: number): number {
  let value = 0;
  for (let shift = 1; shift < 2 ** 35; shift *= 128) {
    const byte = reader.take(1)[0] ?? 0;
    value += (byte & 127) * shift;
    if (value > max) break;
    if (byte < 128) return value;
  }
  throw new RepositoryError(`the CAR file claims a block of more than ${max} bytes`);
}

interface ByteReader {
  position(): number;
  isAtEnd(): boolean;
  /** The next `length` bytes, a view that the next call overwrites. @throws RepositoryError when the file has fewer */
  take(length: number): Uint8Array;
}

function createByteReader(fd: number): ByteReader {
  let buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let start = 0;
  let end = 0;
  let filePosition = 0;
  const fill = (wanted: number) => {
    if (wanted > buffer.length)
      buffer = Buffer.concat([buffer.subarray(start, end)], Math.max(wanted, buffer.length * 2));
    else buffer.copyWithin(0, start, end);
    end -= start;
    start = 0;
    while (end < wanted) {
      const got = readSync(fd, buffer, end, buffer.length - end, filePosition);
      if (got === 0) return;
      filePosition += got;
      end += got;
    }
  };
  return {
    position: () => filePosition - (end - start),
    isAtEnd: () => {
      if (start === end) fill(1);
      return start === end;
    },
    take: (length) => {
      if (end - start < length) fill(length);
      if (end - start < length) throw new RepositoryError('the CAR file is cut short');
      start += length;
      return buffer.subarray(start - length, start);
    },
  };
}
