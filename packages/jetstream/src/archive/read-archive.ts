/*
 * In: an archive, what is wanted of it, and after which seq. Out: the wanted events in their order, with the place to go on from.
 * Keeps: the end is the archive's tip when the reading began; every row up to a place was given before the place is; nothing twice.
 */

import { sleep } from '@updraft/service';
import type { Decoder } from '../decode/decoder.ts';
import type { RowFilter } from '../decode/row-filter.ts';
import { JetstreamError, SegmentNotFoundError } from '../errors.ts';
import type { PlanPage } from './answers.ts';
import type { Archive } from './archive.ts';
import { readPage } from './read-page.ts';

export interface ReadArchiveOptions {
  readonly archive: Archive;
  readonly decoder: Pick<Decoder, 'decode'>;
  readonly filter?: Omit<RowFilter, 'afterSeq' | 'beforeSeq'>;
  /** Where an earlier reading stopped (`place.seq`); exclusive, 0 for the beginning. */
  readonly afterSeq: number;
  /** Where the reading ends, inclusive: the `tipSeq` of an earlier reading, or the seq of a gap's end. Else the archive's tip. */
  readonly tipSeq?: number | undefined;
  /** Blocks, and with an undefined `block` segments, that are known to be corrupt: they are not asked for. */
  readonly isLeftOut?: ((segment: string, block: number | undefined) => boolean) | undefined;
}

/** Where the reading stands: every wanted event up to `seq` was given. */
export interface ArchivePlace {
  readonly seq: number;
  /** Where it ends. */
  readonly tipSeq: number;
  /** What is read, for people; '' between segments. */
  readonly segment: string;
  readonly block: number;
}

export interface ArchiveSlice {
  /** As parseLine() reads them. */
  readonly lines: readonly string[];
  /** Once these lines are taken in. Within a block it is that of the block before. */
  readonly place: ArchivePlace;
  /** Rows that were read, unwanted ones as well. */
  readonly rowCount: number;
  /** Of the block, on its last slice; else 0. */
  readonly compressedBytes: number;
  /** Time at which the last of these rows was witnessed; 0 without rows. */
  readonly lastWitnessedAt: number;
}

/** How often in a row the archive may plan what it no longer has. */
const MAX_STALLS = 5;
const STALL_WAIT_MS = 500;

/** @throws JetstreamError by type, or the signal's reason. */
export async function* readArchive(
  options: ReadArchiveOptions,
  signal: AbortSignal,
): AsyncGenerator<ArchiveSlice, void, void> {
  const { archive, filter = {} } = options;
  const { dids, collections } = filter;
  let seq = options.afterSeq;
  let tip = options.tipSeq;
  let stalls = 0;
  while (tip === undefined || seq < tip) {
    const start = seq;
    const page: PlanPage = await archive.plan({ dids, collections, afterSeq: seq, beforeSeq: tip }, signal);
    tip = Math.min(tip ?? page.sealedTipSeq, page.sealedTipSeq);
    if (seq >= tip) return;
    const rows: RowFilter = { ...filter, afterSeq: seq, beforeSeq: tip };
    try {
      for await (const slice of readPage({ ...options, page, filter: rows }, signal)) {
        seq = slice.place.seq;
        yield slice;
      }
    } catch (error) {
      stalls = seq > start ? 0 : stalls + 1;
      if (!(error instanceof SegmentNotFoundError) || stalls >= MAX_STALLS) throw error;
      await sleep(STALL_WAIT_MS, signal);
      continue; // with a new plan
    }
    seq = Math.max(seq, Math.min(page.plannedThroughSeq, tip));
    if (seq <= start) throw new JetstreamError(`the archive's plan doesn't go on after seq ${start}`);
    yield { ...NOTHING, place: { seq, tipSeq: tip, segment: '', block: 0 } };
  }
}

const NOTHING: Omit<ArchiveSlice, 'place'> = { lines: [], rowCount: 0, compressedBytes: 0, lastWitnessedAt: 0 };
