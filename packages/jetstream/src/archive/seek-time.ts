/*
 * In: an archive and a stretch of time. Out: the seqs between which everything lies that was witnessed then, and how much that is.
 * Keeps: a stretch is never cut short; up to a block more is on either side of it.
 */

import { SegmentChangedError, SegmentCorruptError, SegmentNotFoundError } from '../errors.ts';
import type { ListedSegment } from './answers.ts';
import type { Archive } from './archive.ts';

export interface TimeStretch {
  /** Microseconds since 1970, inclusive. What a server had before its own first start was witnessed when it was fetched, whatever its age. */
  readonly fromMicros: number;
  /** Inclusive; without it to the archive's tip. */
  readonly toMicros?: number | undefined;
}

export interface SeqStretch {
  /** For readArchive(). */
  readonly afterSeq: number;
  readonly tipSeq: number;
  /** Whether the archive goes as far as `toMicros`; false without one: the live stream has what comes after. */
  readonly isWhole: boolean;
  /** Of the segments on the way, for a progress bar: an upper bound. */
  readonly rows: number;
  readonly bytes: number;
}

/**
 * How often the list is asked for again, since a segment was rewritten or taken away meanwhile, or its index damaged on its way. An index
 * that stays corrupt gives the bounds of its whole segment.
 */
const MAX_TRIES = 5;
const MAY_PASS = [SegmentChangedError, SegmentCorruptError, SegmentNotFoundError];

/** The seqs of a stretch of time; an empty stretch (`tipSeq` is not above `afterSeq`) where the archive has nothing of it. */
export async function seqsOfTime(archive: Archive, stretch: TimeStretch, signal: AbortSignal): Promise<SeqStretch> {
  for (let tries = 1; ; tries++) {
    try {
      return await seek(archive, stretch, tries >= MAX_TRIES, signal);
    } catch (error) {
      if (!MAY_PASS.some((type) => error instanceof type) || tries >= MAX_TRIES) throw error;
    }
  }
}

async function seek(
  archive: Archive,
  stretch: TimeStretch,
  isLastTry: boolean,
  signal: AbortSignal,
): Promise<SeqStretch> {
  const { fromMicros, toMicros = Number.POSITIVE_INFINITY } = stretch;
  const touched: ListedSegment[] = [];
  let [tip, newest] = [0, Number.NEGATIVE_INFINITY];
  for await (const segment of archive.segments(signal)) {
    tip = Math.max(tip, segment.maxSeq);
    newest = Math.max(newest, segment.maxWitnessedAt);
    if (segment.maxWitnessedAt >= fromMicros && segment.minWitnessedAt <= toMicros) touched.push(segment);
  }
  const blocksOf = (segment: ListedSegment) =>
    archive.blocksOf(segment, signal).catch((error: unknown) => {
      if (isLastTry && error instanceof SegmentCorruptError) return [];
      throw error;
    });
  const [first, last] = [touched.at(0), touched.at(-1)];
  const isWhole = newest >= toMicros;
  if (first === undefined || last === undefined) return { afterSeq: tip, tipSeq: tip, isWhole, rows: 0, bytes: 0 };
  const begin = (await blocksOf(first)).find(({ maxWitnessedAt }) => maxWitnessedAt >= fromMicros);
  const end = (await blocksOf(last)).findLast(({ minWitnessedAt }) => minWitnessedAt <= toMicros);
  return {
    afterSeq: Math.max(0, (begin ?? first).minSeq - 1),
    tipSeq: (end ?? last).maxSeq,
    isWhole,
    rows: touched.reduce((sum, { eventCount }) => sum + eventCount, 0),
    bytes: touched.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}
