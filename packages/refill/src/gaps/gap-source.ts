import type { EventWriter } from '@updraft/ingest';
import type { IngestGapRow } from '@updraft/store';

/** What may have a gap's stretch: an archive, or a host's window. */
export interface GapSource {
  /** For people, and for healed_gaps. Progress is kept under this name. */
  readonly name: string;
  /** False where reading the stretch from here would prove nothing: the gap was met at this very host. */
  canHeal(gap: IngestGapRow): boolean;
  /**
   * Reads the whole stretch into the writer, from the mark of an earlier reading on if there is one.
   * @throws StretchError when it does not have all of it; otherwise what broke the reading off: it may be tried again.
   */
  read(reading: GapReading, signal: AbortSignal): Promise<void>;
}

export interface GapReading {
  /** The stretch with its margins, in microseconds since 1970. */
  readonly fromMicros: number;
  readonly toMicros: number;
  /** The gap's own start: what has nothing before it does not have the stretch. */
  readonly startMicros: number;
  readonly mark: number | undefined;
  readonly writer: EventWriter;
  /** Resolves when the next events may be taken: the live stream goes first, and full batches are written. */
  proceed(): Promise<void>;
  /** Everything up to this mark of the source's own was taken. It is saved once it is written. */
  reached(mark: number): void;
}

/** The source does not have the whole stretch, or not yet. The message, for people, says what it has. */
export class StretchError extends Error {
  override name = 'StretchError';
}

/** A moment of an error message. */
export function isoTime(micros: number): string {
  return new Date(micros / 1000).toISOString();
}
