import { closeSync } from 'node:fs';
import { type BlockRows, encodeSegment, openSegment, type Segment, type SegmentFile } from '@updraft/jetstream';
import { openNameless, readWhole, writeWhole } from '../nameless-file.ts';
import { type AccountFilter, createAccountFilter } from './account-filter.ts';

/** A segment that is complete. Its file may be rewritten; its name and its bounds stay. */
export interface SealedSegment extends Disposable {
  readonly name: string;
  readonly index: number;
  readonly size: number;
  readonly segment: Segment;
  /** For each block, which accounts it may hold and which kinds of rows it does. */
  readonly accounts: readonly AccountFilter[];
  readonly kinds: readonly ReadonlySet<number>[];
  /** Bytes of the file. */
  read(offset: number, length: number): Buffer;
}

/** Writes a segment into a file without a name. */
export async function sealSegment(index: number, blocks: readonly BlockRows[]): Promise<SealedSegment> {
  const { bytes } = await encodeSegment(blocks);
  const descriptor = openNameless();
  writeWhole(descriptor, bytes, 0);
  const size = bytes.length;
  const read = (offset: number, length: number) =>
    readWhole(descriptor, offset, Math.max(0, Math.min(length, size - offset)));
  const file: SegmentFile = {
    size,
    read: (offset, length) => Promise.resolve(read(offset, length)),
    close: () => Promise.resolve(),
  };
  return {
    name: `seg_${String(index).padStart(10, '0')}.jss`,
    index,
    size,
    segment: await openSegment(file),
    accounts: blocks.map(({ rows }) => createAccountFilter(rows.map(({ did }) => did))),
    kinds: blocks.map(({ rows }) => new Set(rows.map(({ kind }) => kind))),
    read,
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}
