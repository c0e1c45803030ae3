/*
 * In: a block that is to be decoded. Out: its events, a slice at a time.
 * Keeps: a slice is bounded in rows and in bytes of text, whatever the block holds.
 */

import { decodeBlock } from '../segment/block.ts';
import { eventLine } from './event-line.ts';
import type { DecodedSlice, DecodeTask } from './messages.ts';
import { createRowFilter } from './row-filter.ts';

const SLICE_ROWS = 256;
/** Characters; one event may go beyond. */
const SLICE_LENGTH = 4 * 1024 * 1024;

/** Gives one slice at least, an empty one for a block without rows. @throws SegmentCorruptError */
export function* decodeSlices({ frame, block, claim, filter }: DecodeTask): Generator<DecodedSlice> {
  const columns = decodeBlock(frame, block, claim);
  const isWanted = createRowFilter(filter);
  let [row, lastSeq, lastWitnessedAt] = [0, 0, 0];
  do {
    const lines: string[] = [];
    const first = row;
    for (let length = 0; row < columns.rowCount && row - first < SLICE_ROWS && length < SLICE_LENGTH; row++) {
      const content = columns.rowAt(row);
      lastSeq = Math.max(lastSeq, content.seq);
      lastWitnessedAt = content.witnessedAt;
      if (!isWanted(content)) continue;
      const line = eventLine(content);
      length += line.length;
      lines.push(line);
    }
    yield { lines, rowCount: row - first, lastSeq, lastWitnessedAt, isLast: row >= columns.rowCount };
  } while (row < columns.rowCount);
}
