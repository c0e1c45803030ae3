/*
 * In: one block's zstd frame, from a file or from getBlock. Out: its rows.
 * Keeps: no more is decompressed than the index claims, or the format allows where there is no index.
 */

import { SegmentCorruptError } from '../errors.ts';
import { type Columns, readColumns, writeColumns } from './columns.ts';
import { MAX_BLOCK_BYTES } from './limits.ts';
import type { SegmentRow } from './row.ts';
import { compress, decompress } from './zstd.ts';

/** What the index says of a block, where it is at hand. */
export interface BlockClaim {
  readonly offset: number;
  readonly decodedBytes: number;
  readonly rowCount: number;
}

/** The rows of a frame. `block` is its number in the segment. @throws SegmentCorruptError */
export function decodeBlock(frame: Uint8Array, block: number, claim?: BlockClaim): Columns {
  const body = decompress(frame, claim?.decodedBytes ?? MAX_BLOCK_BYTES, 0, block);
  if (claim !== undefined && body.length !== claim.decodedBytes) {
    throw new SegmentCorruptError(`it has ${body.length} bytes, its index claims ${claim.decodedBytes}`, body.length, {
      block,
    });
  }
  const columns = readColumns(body, block);
  if (claim !== undefined && columns.rowCount !== claim.rowCount) {
    throw new SegmentCorruptError(`it has ${columns.rowCount} rows, its index claims ${claim.rowCount}`, 0, { block });
  }
  return columns;
}

/** A block's frame and the size of its body. */
export function encodeBlock(rows: readonly SegmentRow[]): { readonly frame: Buffer; readonly decodedBytes: number } {
  const body = writeColumns(rows);
  return { frame: compress(body), decodedBytes: body.length };
}
