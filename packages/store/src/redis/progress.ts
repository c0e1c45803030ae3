import { parseJson } from '@updraft/service';
import { z } from 'zod';

/** How far the indexer is in the stream. */
export interface Progress {
  /** time_us of the last event: what the original calls last_seq. */
  readonly lastSeq: number;
  /** Sequence number of the last event, where the host gives one; good for `host` only. */
  readonly cursor?: number;
  /** '' in a progress of the original, which does not know it. */
  readonly host: string;
  /** Rev time in microseconds of the oldest of the events in `recent`. */
  readonly oldestKeptMicros: number;
  /** Identities of the last events: a resume must meet one of them again. */
  readonly recent: readonly string[];
  /** ISO 8601. */
  readonly savedAt: string;
}

/** A progress as one of the two programs wrote it. */
export interface StoredProgress {
  readonly progress: Progress;
  /** False for the original's. */
  readonly isOurs: boolean;
}

/** A time_us below this is a sequence number, or milliseconds. */
const MIN_TIME_US = 1e15;

const stored = z.object({
  last_seq: z.int().min(MIN_TIME_US),
  last_seq_processed_at: z.string().default(''),
  cursor: z.int().nonnegative().optional(),
  host: z.string().default(''),
  oldest_kept_micros: z.int().nonnegative().optional(),
  recent: z.array(z.string()).default([]),
});

/**
 * The stored text. `last_seq` and `last_seq_processed_at` are the original's names and meanings, so that either program reads
 * the other's; the rest is ours.
 */
export function formatProgress(progress: Progress): string {
  return JSON.stringify({
    last_seq: progress.lastSeq,
    last_seq_processed_at: progress.savedAt,
    cursor: progress.cursor,
    host: progress.host,
    oldest_kept_micros: progress.oldestKeptMicros,
    recent: progress.recent,
  });
}

/** Reads either program's text. Undefined when it is neither's. */
export function parseProgress(text: string): StoredProgress | undefined {
  const { success, data } = stored.safeParse(parseJson(text));
  if (!success) return undefined;
  const { cursor, host, recent } = data;
  return {
    isOurs: data.oldest_kept_micros !== undefined,
    progress: {
      lastSeq: data.last_seq,
      host,
      oldestKeptMicros: data.oldest_kept_micros ?? data.last_seq,
      recent,
      savedAt: data.last_seq_processed_at,
      ...(cursor === undefined ? {} : { cursor }),
    },
  };
}
