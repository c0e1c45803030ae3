/*
 * In: the first 256 bytes of a segment. Out: what the file holds and where.
 * Keeps: each part lies within the file, in the format's order, and no count is above its limit.
 * Layout, little-endian: magic `jss0` @0, checksum u64 @4, version u16 @12, blocks u32 @14, rows u32 @18, accounts u32 @22, min and max
 * seq u64 @26, min and max witnessed i64 @42, footer u64 @58, bloom @66, block blooms @74, collection index @82, block index @90.
 */

import { SegmentCorruptError } from '../errors.ts';
import { MAX_BLOCKS } from './limits.ts';
import { readInt64, readUint64, writeInt64 } from './numbers.ts';
import type { Bounds } from './row.ts';

export interface SegmentHeader extends Bounds {
  /** 16 hexadecimal digits. */
  readonly checksum: string;
  readonly blockCount: number;
  readonly rowCount: number;
  readonly accountCount: number;
  /** Where the footer begins, with the block index. */
  readonly footerOffset: number;
  readonly bloomOffset: number;
  readonly blockBloomsOffset: number;
  readonly collectionIndexOffset: number;
}

export const HEADER_BYTES = 256;
/** The checksum covers the header from its version on. */
export const CHECKED_FROM = 12;
export const INDEX_ENTRY_BYTES = 52;

const MAGIC = 'jss0';
const VERSION = 1;

/** @throws SegmentCorruptError */
export function readHeader(bytes: Buffer, fileSize: number): SegmentHeader {
  if (bytes.length < HEADER_BYTES) throw new SegmentCorruptError('the file ends within its header', bytes.length);
  if (bytes.toString('latin1', 0, 4) !== MAGIC) throw new SegmentCorruptError(`it doesn't begin with ${MAGIC}`, 0);
  const version = bytes.readUInt16LE(12);
  if (version !== VERSION) throw new SegmentCorruptError(`its version is ${version}, not ${VERSION}`, 12);
  const number = (offset: number, read = readUint64): number => {
    const value = read(bytes, offset);
    if (value === undefined) throw new SegmentCorruptError('a number of the header is beyond 2^53', offset);
    return value;
  };
  const header: SegmentHeader = {
    checksum: bytes.readBigUInt64LE(4).toString(16).padStart(16, '0'),
    blockCount: bytes.readUInt32LE(14),
    rowCount: bytes.readUInt32LE(18),
    accountCount: bytes.readUInt32LE(22),
    minSeq: number(26),
    maxSeq: number(34),
    minWitnessedAt: number(42, readInt64),
    maxWitnessedAt: number(50, readInt64),
    footerOffset: number(58),
    bloomOffset: number(66),
    blockBloomsOffset: number(74),
    collectionIndexOffset: number(82),
  };
  checkPlaces(header, number(90), fileSize);
  return header;
}

function checkPlaces(header: SegmentHeader, blockIndexOffset: number, fileSize: number): void {
  const { footerOffset, bloomOffset, blockBloomsOffset, collectionIndexOffset, blockCount } = header;
  if (blockCount > MAX_BLOCKS) throw new SegmentCorruptError(`it claims ${blockCount} blocks`, 14);
  if (header.minSeq > header.maxSeq) throw new SegmentCorruptError('its smallest seq is above its largest', 26);
  if (footerOffset < HEADER_BYTES || footerOffset > fileSize) {
    throw new SegmentCorruptError(`its footer begins at byte ${footerOffset} of ${fileSize}`, 58);
  }
  if (blockIndexOffset !== footerOffset) throw new SegmentCorruptError("its footer doesn't begin with the index", 90);
  if (bloomOffset !== footerOffset + blockCount * INDEX_ENTRY_BYTES) {
    throw new SegmentCorruptError(`its index doesn't hold ${blockCount} blocks`, 66);
  }
  if (
    blockBloomsOffset < bloomOffset ||
    collectionIndexOffset < blockBloomsOffset ||
    collectionIndexOffset > fileSize
  ) {
    throw new SegmentCorruptError('the parts of its footer are out of order', 74);
  }
}

/** The header's bytes; of the checksum only the place. */
export function writeHeader(header: Omit<SegmentHeader, 'checksum'>): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt16LE(VERSION, 12);
  bytes.writeUInt32LE(header.blockCount, 14);
  bytes.writeUInt32LE(header.rowCount, 18);
  bytes.writeUInt32LE(header.accountCount, 22);
  const { minSeq, maxSeq, minWitnessedAt, maxWitnessedAt, footerOffset, bloomOffset } = header;
  const places = [footerOffset, bloomOffset, header.blockBloomsOffset, header.collectionIndexOffset, footerOffset];
  for (const [i, value] of [minSeq, maxSeq, minWitnessedAt, maxWitnessedAt, ...places].entries()) {
    writeInt64(bytes, value, 26 + i * 8);
  }
  return bytes;
}

/** Puts the checksum into a header. */
export function writeChecksum(header: Buffer, checksum: string): void {
  header.writeBigUInt64LE(BigInt(`0x${checksum}`), 4);
}
