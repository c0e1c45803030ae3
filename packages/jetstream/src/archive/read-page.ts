/*
 * In: a page of a plan. Out: the events of its segments and blocks, in their order.
 * Keeps: while one segment is decoded the next is fetched, and no more; blocks are decoded ahead by LOOKAHEAD_BLOCKS at most.
 */

import type { DecodedSlice } from '../decode/messages.ts';
import type { RowFilter } from '../decode/row-filter.ts';
import { SegmentCorruptError } from '../errors.ts';
import type { PlanPage } from './answers.ts';
import type { ReadableBlock, ReadableSegment } from './archive.ts';
import { inOrder } from './in-order.ts';
import type { ArchiveSlice, ReadArchiveOptions } from './read-archive.ts';

export interface ReadPageOptions extends Pick<ReadArchiveOptions, 'archive' | 'decoder' | 'isLeftOut'> {
  readonly page: PlanPage;
  readonly filter: RowFilter;
}

const LOOKAHEAD_SEGMENTS = 1;
const LOOKAHEAD_BLOCKS = 2;

export async function* readPage(
  options: ReadPageOptions,
  signal: AbortSignal,
): AsyncGenerator<ArchiveSlice, void, void> {
  const { archive, page, filter, isLeftOut } = options;
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const wanted = page.segments.filter(({ name }) => isLeftOut?.(name, undefined) !== true);
  const opened = inOrder(wanted, LOOKAHEAD_SEGMENTS, {
    start: async (planned) => ({ planned, segment: await archive.open(planned, both) }),
    drop: ({ segment }) => segment.close(),
  });
  let seq = filter.afterSeq;
  try {
    for await (const { planned, segment } of opened) {
      try {
        for await (const slice of readSegment(options, planned.name, segment, seq)) {
          signal.throwIfAborted();
          seq = slice.place.seq;
          yield slice;
        }
      } catch (error) {
        throw error instanceof SegmentCorruptError ? error.of(planned.name) : error;
      } finally {
        await segment.close();
      }
    }
  } finally {
    ending.abort();
  }
}

async function* readSegment(
  { decoder, filter, isLeftOut }: ReadPageOptions,
  name: string,
  segment: ReadableSegment,
  afterSeq: number,
): AsyncGenerator<ArchiveSlice, void, void> {
  const blocks = segment.blocks.filter((block) => mayHold(block, filter) && isLeftOut?.(name, block.block) !== true);
  let before: Promise<unknown> = Promise.resolve();
  const decoded = inOrder(blocks, LOOKAHEAD_BLOCKS, {
    start: ({ frame, block, claim }) => {
      // Frames may come in any order. A thread that decoded a later block first would wait for its turn, and the turn for the thread.
      const started = Promise.all([frame(), before]).then(([bytes]) => {
        const compressedBytes = bytes.length; // the memory moves to the thread
        return { block, claim, compressedBytes, slices: decoder.decode({ frame: bytes, block, claim, filter }) };
      });
      before = started;
      return started;
    },
    drop: async ({ slices }) => {
      await slices.next(); // a generator that never began would not give its thread back
      await slices.return();
    },
  });
  let seq = afterSeq;
  for await (const { block, claim, compressedBytes, slices } of decoded) {
    for await (const slice of slices) {
      const { lines, rowCount, lastWitnessedAt, isLast } = slice;
      if (isLast) seq = Math.min(filter.beforeSeq, Math.max(seq, endOf(slice, claim)));
      const place = { seq, tipSeq: filter.beforeSeq, segment: name, block };
      yield { lines, place, rowCount, compressedBytes: isLast ? compressedBytes : 0, lastWitnessedAt };
    }
  }
}

function mayHold({ claim }: ReadableBlock, { afterSeq, beforeSeq }: RowFilter): boolean {
  return claim === undefined || (claim.maxSeq > afterSeq && claim.minSeq <= beforeSeq);
}

function endOf({ lastSeq }: DecodedSlice, claim: ReadableBlock['claim']): number {
  return Math.max(lastSeq, claim?.maxSeq ?? 0);
}
