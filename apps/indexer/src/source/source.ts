/*
 * source: brings the stream's frames, from one of several hosts or from a recorded file.
 * In: addresses, the place where the stream is to go on. Out: each frame's text, in the order in which it came.
 * Keeps: a break is bridged from the last place, or stands in ingest_gaps; a full queue stops it.
 */

/** What takes the frames of a stream in. */
export interface FrameSink {
  /** The text of one event. Afterwards isFull() may be true: then stop, or bring only what is already under way. */
  frame(text: string): void;
  isFull(): boolean;
  /** Resolves when more may come; rejects with the signal's reason. */
  hasRoom(signal: AbortSignal): Promise<void>;
}

/** Where frames come from. */
export interface Source {
  /** Brings frames until the signal aborts, or the stream has ended for good. */
  run(sink: FrameSink, signal: AbortSignal): Promise<void>;
}
