/*
 * source: reads the stream's frames, from one of several hosts or from a recorded file.
 * In: addresses, and where to resume. Out: each frame's text, in the order in which it came.
 * Keeps: after a break the stream resumes where it was left, or the gap is in ingest_gaps; a full queue stops the reading.
 */

/** What takes the frames of a stream. */
export interface FrameSink {
  /** Takes the text of one event. Afterwards isFull() may be true: then stop, or send only what is already under way. */
  frame(text: string): void;
  isFull(): boolean;
  /** Resolves when more may come; rejects with the signal's reason. */
  waitForRoom(signal: AbortSignal): Promise<void>;
}

/** Where frames come from. */
export interface Source {
  /** Reads frames until the signal aborts, or the stream has ended for good. */
  run(sink: FrameSink, signal: AbortSignal): Promise<void>;
}

/** Resolves when more may come, or as soon as the signal aborts. */
export async function roomOrEnd(sink: FrameSink, signal: AbortSignal): Promise<void> {
  await sink.waitForRoom(signal).catch(() => {}); // the only rejection is the signal's
}
