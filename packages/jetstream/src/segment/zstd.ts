import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { SegmentCorruptError } from '../errors.ts';

/** One zstd frame that bears its size and a checksum, as servers write it. */
export function compress(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, {
    pledgedSrcSize: bytes.length,
    params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: 3 },
  });
}

/**
 * The content of a frame, at most `maxBytes`. `offset` is where the frame stands, and `block` whose it is, for the error.
 * @throws SegmentCorruptError
 */
export function decompress(frame: Uint8Array, maxBytes: number, offset: number, block?: number): Buffer {
  try {
    return zstdDecompressSync(frame, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SegmentCorruptError(`a compressed part can't be decompressed: ${why}`, offset, { block, cause });
  }
}
