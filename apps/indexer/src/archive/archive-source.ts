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
      let known: string | undefined;
      for (;;) {
        const corrupt = await readOn(options, sink, signal);
        if (corrupt === undefined) return;
        const place = `${corrupt.segment} ${corrupt.block}`;
        if (place === known) await stepOver(options, corrupt, signal);
        known = place; // it may have been damaged on its way: once it is fetched again
      }
    },
  };
}

/** Reads to the end, or to what is corrupt. */
async function readOn(
  { archive, decoder, filter, position }: ArchiveSourceOptions,
  sink: EventSink,
  signal: AbortSignal,
): Promise<SegmentCorruptError | undefined> {
  const { seq: afterSeq, tipSeq } = position;
  const wanted = { archive, decoder, afterSeq, tipSeq, ...(filter && { filter }) };
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

async function stepOver(
  { archive, position, onDamage }: ArchiveSourceOptions,
  corrupt: SegmentCorruptError,
  signal: AbortSignal,
): Promise<void> {
  const damage = await damageOf(archive, corrupt, signal);
  onDamage(damage);
  position.seq = Math.max(position.seq, damage.maxSeq);
}
