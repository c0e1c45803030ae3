/*
 * In: a stretch of time. Out: its events from an archive's sealed segments.
 * Keeps: an archive that begins after the stretch, ends before its end, or lacks a segment of it does not have it.
 */

import {
  type ListedSegment,
  type OpenArchive,
  parseLine,
  type RetryOptions,
  readArchive,
  seqsOfTime,
} from '@updraft/jetstream';
import { type GapReading, type GapSource, isoTime, StretchError } from './gap-source.ts';

/** An archive that is away is tried again with the next reading of the gap: meanwhile another source may have it. */
export const ARCHIVE_RETRY: RetryOptions = { tries: 3 };

/** An archive has what every host had to say, whichever host the gap was met at. */
export function archiveSource({ archive, decoder }: OpenArchive, name: string): GapSource {
  return {
    name,
    canHeal: () => true,
    read: async (reading, signal) => {
      const { fromMicros, toMicros, mark, writer } = reading;
      await requireStretch(archive, reading, signal);
      const { afterSeq, tipSeq } = await seqsOfTime(archive, { fromMicros, toMicros }, signal);
      const start = Math.max(afterSeq, mark ?? 0);
      const patience = createPatience(signal);
      try {
        for await (const { lines, place } of readArchive(
          { archive, decoder, afterSeq: start, tipSeq },
          patience.signal,
        )) {
          patience.stop(); // the live stream may take its time
          for (const line of lines) writer.take(parseLine(line), line);
          reading.reached(place.seq);
          await reading.proceed();
          patience.begin();
        }
      } finally {
        patience.stop();
      }
    },
  };
}

/** An archive that gives nothing for so long does not keep other gaps waiting: the next reading goes on. */
const PATIENCE_MS = 30 * 60_000;

function createPatience(outer: AbortSignal): { readonly signal: AbortSignal; begin(): void; stop(): void } {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(() => {
      over.abort(
        new StretchError(`it gave nothing for ${PATIENCE_MS / 60_000} minutes; the next reading goes on there`),
      );
    }, PATIENCE_MS);
  };
  begin();
  return { signal: AbortSignal.any([outer, over.signal]), begin, stop: () => clearTimeout(timer) };
}

/** @throws StretchError */
async function requireStretch(
  archive: OpenArchive['archive'],
  { fromMicros, toMicros, startMicros }: GapReading,
  signal: AbortSignal,
): Promise<void> {
  let [oldest, newest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let before: ListedSegment | undefined;
  for await (const segment of archive.segments(signal)) {
    if (segment.eventCount === 0 && segment.maxSeq === 0) continue; // never had an event, and so says nothing of any time
    const isTouched = segment.maxWitnessedAt >= fromMicros && (before?.minWitnessedAt ?? 0) <= toMicros;
    if (isTouched && before !== undefined && segment.minSeq > before.maxSeq + 1)
      throw new StretchError(`it lacks the segment between seq ${before.maxSeq} and ${segment.minSeq}`);
    oldest = Math.min(oldest, segment.minWitnessedAt);
    newest = Math.max(newest, segment.maxWitnessedAt);
    before = segment;
  }
  if (before === undefined) throw new StretchError('it has no segment yet');
  if (oldest > startMicros) throw new StretchError(`it begins at ${isoTime(oldest)}, after the start of the gap`);
  if (newest < toMicros)
    throw new StretchError(`it is sealed up to ${isoTime(newest)} only, before the end of the gap`);
}
