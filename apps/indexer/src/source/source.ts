/*
 * source: reads the stream's events, from one of several hosts or from a recorded file.
 * In: addresses, and where to resume. Out: each event, or why a frame is none, with its text, in the order in which they came.
 * Keeps: after a break the stream resumes where it was left, or the gap is in ingest_gaps; a full queue stops the reading.
 */

import type { RejectedFrame } from '@updraft/atproto';
import { parseLine, type StreamEvent } from '@updraft/jetstream';

/** What takes the events of a stream. */
export interface EventSink {
  /** Takes one event; `text` is what it came as. Afterwards isFull() may be true: then stop. */
  event(event: StreamEvent, text: string): void;
  /** Takes what came in an event's place. */
  rejected(frame: RejectedFrame, text: string): void;
  isFull(): boolean;
  /** Resolves when more may come; rejects with the signal's reason. */
  waitForRoom(signal: AbortSignal): Promise<void>;
}

/** Where events come from. */
export interface Source {
  /** Reads events until the signal aborts, or the stream has ended for good. */
  run(sink: EventSink, signal: AbortSignal): Promise<void>;
}

/** Takes an event that a recorded file or an archive has as a line. */
export function takeLine(sink: EventSink, line: string): void {
  const parsed = parseLine(line);
  if (parsed.ok) sink.event(parsed.event, line);
  else sink.rejected(parsed, line);
}

/** Resolves when more may come, or as soon as the signal aborts. */
export async function roomOrEnd(sink: EventSink, signal: AbortSignal): Promise<void> {
  await sink.waitForRoom(signal).catch(() => {}); // the only rejection is the signal's
}
