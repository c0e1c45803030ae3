/*
 * archive: reads the past out of an archive's segments.
 * In: an archive, and the stretch that is wanted. Out: its events, in their order; what is corrupt, as rows of ingest_gaps.
 * Keeps: the position is never ahead of what the sink has; a corrupt block costs that block and nothing beside it.
 */

import {
  type Archive,
  type Decoder,
  type ReadArchiveOptions,
  readArchive,
  SegmentCorruptError,
} from '@updraft/jetstream';
import { type EventSink, roomOrEnd, type Source, takeLine } from '../source/source.ts';
import { type Damage, damageOf } from './damage.ts';

/** How far a reading has come. */
export interface ArchivePosition {
  /** Every wanted event up to here was given to the sink. */
  seq: number;
  /** Where the reading ends; undefined until the archive has said it. */
  tipSeq: number | undefined;
  /** Rows that were read, unwanted ones as well. */
  rows: number;
  bytes: number;
  /** The latest time at which one of them was witnessed, in microseconds since 1970; 0 before the first. */
  witnessedAt: number;
}

export interface ArchiveSourceOptions {
  readonly archive: Archive;
  readonly decoder: Pick<Decoder, 'decode'>;
  readonly filter?: ReadArchiveOptions['filter'];
  /** Kept up to date; the reading begins after its `seq` and ends at its `tipSeq`. */
  readonly position: ArchivePosition;
  /** Something is corrupt, also when it was read once more. The reading goes on behind it. */
  onDamage(damage: Damage): void;
}

/** @throws JetstreamError by type */
export function createArchiveSource(options: ArchiveSourceOptions): Source {
  return {
    run: async (sink, signal) => {
      const leftOut = new Set<string>();
      let known: string | undefined;
      for (;;) {
        const corrupt = await readOn(options, leftOut, sink, signal);
        if (corrupt === undefined) return;
        const place = placeOf(corrupt.segment, corrupt.block);
        if (place === known) {
          options.onDamage(await damageOf(options.archive, corrupt, signal));
          leftOut.add(place);
        }
        known = place; // it may have been damaged on its way: once it is fetched again
      }
    },
  };
}

function placeOf(segment: string | undefined, block: number | undefined): string {
  return `${segment} ${block}`;
}

/** Reads to the end, or to what is corrupt. */
async function readOn(
  { archive, decoder, filter, position }: ArchiveSourceOptions,
  leftOut: ReadonlySet<string>,
  sink: EventSink,
  signal: AbortSignal,
): Promise<SegmentCorruptError | undefined> {
  const { seq: afterSeq, tipSeq } = position;
  const isLeftOut = (segment: string, block: number | undefined): boolean => leftOut.has(placeOf(segment, block));
  const wanted = { archive, decoder, afterSeq, tipSeq, isLeftOut, ...(filter && { filter }) };
  try {
    for await (const { lines, place, rowCount, compressedBytes, lastWitnessedAt } of readArchive(wanted, signal)) {
      for (const line of lines) takeLine(sink, line);
      position.seq = place.seq;
      position.tipSeq = place.tipSeq;
      position.rows += rowCount;
      position.bytes += compressedBytes;
      position.witnessedAt = Math.max(position.witnessedAt, lastWitnessedAt);
      if (sink.isFull()) await roomOrEnd(sink, signal);
      if (signal.aborted) return undefined;
    }
    return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof SegmentCorruptError) return error;
    throw error;
  }
}
