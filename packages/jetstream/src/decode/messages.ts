import type { BlockClaim } from '../segment/block.ts';
import type { RowFilter } from './row-filter.ts';

/** A block that is to be decoded. */
export interface DecodeTask {
  /** The zstd frame. Its memory moves to the thread. */
  readonly frame: Uint8Array<ArrayBuffer>;
  /** The block's number in its segment. */
  readonly block: number;
  readonly claim: BlockClaim | undefined;
  readonly filter: RowFilter;
}

/** A part of a block: at most SLICE_ROWS rows. */
export interface DecodedSlice {
  /** The wanted events, each as parseLine() reads it. */
  readonly lines: readonly string[];
  /** Rows that were read, unwanted ones as well. */
  readonly rowCount: number;
  /** The largest seq so far in the block, and the last witnessed time; 0 in a block without rows. */
  readonly lastSeq: number;
  readonly lastWitnessedAt: number;
  /** Nothing of the block follows. */
  readonly isLast: boolean;
}

/** To the thread: a block, or that the next slice of the block may come. */
export type ToThread = { readonly kind: 'decode'; readonly task: DecodeTask } | { readonly kind: 'more' };

export type FromThread =
  | { readonly kind: 'slice'; readonly slice: DecodedSlice }
  | { readonly kind: 'corrupt'; readonly reason: string; readonly offset: number; readonly block: number | undefined };
