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
