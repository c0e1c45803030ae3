import type { Cursor, LiveEnd, LiveEndReason, LiveSource, LiveStream, StreamEvent } from '@updraft/jetstream';
import { type EventSink, roomOrEnd } from './source.ts';

/** Why a connection ended. */
export type EndReason =
  | LiveEndReason
  | 'blind' // by us: another host sends what this one leaves out
  | 'went back' // by us: the server used sequence numbers again
  | 'lifted' // by us: the host is asked for events of any size again
  | 'preferred'; // by us: a host that speaks v2 answers again

export interface Ended extends Omit<LiveEnd, 'reason' | 'frames'> {
  readonly reason: EndReason;
  readonly events: number;
}

export interface ConnectionOptions {
  readonly live: LiveSource;
  readonly cursor: Cursor | undefined;
  readonly sink: EventSink;
  /** The handshake is done. */
  onOpen(connection: OpenConnection): void;
  /** Beside the sink, each event. */
  onEvent(event: StreamEvent): void;
  /** After some frames, often. */
  afterFrames(): void;
  /** The host says something about the stream: `OutdatedCursor`, `FutureCursor`. */
  onInfo(name: string, message: string): void;
}

export interface OpenConnection {
  send(text: string): void;
  /** Aborted at its end. */
  readonly ended: AbortSignal;
}

/** Reads one connection into the sink until it ends. Frames that had come by then are taken too, unless the signal ended it or the sink is full. Never rejects. */
export async function readConnection(options: ConnectionOptions, signal: AbortSignal): Promise<Ended> {
  const { live, cursor, onOpen } = options;
  const stream = live.open(cursor, signal);
  const over = new AbortController();
  void stream.ended.then(() => over.abort());
  if (await stream.opened) onOpen({ send: stream.send, ended: over.signal });
  const events = await takeAll(stream, options, over.signal, signal);
  const { frames: _, ...end } = await stream.ended;
  return { ...end, events };
}

/** A full sink leaves the frames with the stream, which holds its socket back, and closes it on purpose after a while. */
async function takeAll(
  stream: LiveStream,
  options: ConnectionOptions,
  ended: AbortSignal,
  signal: AbortSignal,
): Promise<number> {
  const { sink } = options;
  let events = 0;
  for await (const frames of stream) {
    for (const text of frames) {
      if (signal.aborted) return events;
      if (take(options, text)) events += 1;
      if (sink.isFull()) await roomOrEnd(sink, AbortSignal.any([signal, ended]));
      if (ended.aborted && sink.isFull()) return events; // the rest comes again
    }
    options.afterFrames();
  }
  return events;
}

/** Whether it was something of the stream's own: an event, or what came in its place. */
function take({ live, sink, onEvent, onInfo }: ConnectionOptions, text: string): boolean {
  const frame = live.parse(text);
  if (frame.kind === 'event') {
    sink.event(frame.event, text);
    onEvent(frame.event);
  } else if (frame.kind === 'rejected') sink.rejected(frame.frame, text);
  else if (frame.kind === 'info') onInfo(frame.name, frame.message);
  return frame.kind === 'event' || frame.kind === 'rejected';
}
