import type { BlockClaim } from '../segment/block.ts';
import type { Segment } from '../segment/open-segment.ts';
import type { ListedSegment, PlannedSegment, PlanPage } from './answers.ts';
import type { PlanRequest } from './archive-client.ts';

/** Where sealed segments come from: an archive's host, or a folder. */
export interface Archive {
  /** What may hold wanted rows after a seq, as pages. */
  plan(request: PlanRequest, signal: AbortSignal): Promise<PlanPage>;
  /** Makes a planned segment's blocks readable. @throws SegmentNotFoundError when the plan is out of date. */
  open(planned: PlannedSegment, signal: AbortSignal): Promise<ReadableSegment>;
  /** All segments in their order. */
  segments(signal: AbortSignal): AsyncGenerator<ListedSegment, void, void>;
  /** The block index of a segment. */
  blocksOf(segment: ListedSegment, signal: AbortSignal): Promise<Segment['blocks']>;
}

export interface ReadableSegment {
  readonly blocks: readonly ReadableBlock[];
  close(): Promise<void>;
}

export interface ReadableBlock {
  readonly block: number;
  /** Undefined where only the frame is known. */
  readonly claim: (BlockClaim & { readonly minSeq: number; readonly maxSeq: number }) | undefined;
  /** In memory of its own. */
  frame(): Promise<Uint8Array<ArrayBuffer>>;
}

/** The blocks of an open segment. */
export function readableBlocks(segment: Segment): ReadableBlock[] {
  return segment.blocks.map((claim, block) => ({
    block,
    claim,
    frame: async () => Uint8Array.from(await segment.frame(block)),
  }));
}
