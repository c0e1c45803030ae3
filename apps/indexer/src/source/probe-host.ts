import { createLiveSource, type StreamEvent, timeCursor } from '@updraft/jetstream';
import { eventMicros } from '../cursor/tail.ts';

/** What another host says of a collection. */
export type ProbeAnswer =
  | 'sends' // it sent records of several accounts within the stretch
  | 'sends none' // it came as far as the stretch, or had no more to send, and sent none
  | 'unknown'; // it could not be asked, or did not come that far: after a time cursor some replay hours

export interface ProbeOptions {
  readonly host: string;
  readonly collection: string;
  /** The stretch in which the first host sent none, in microseconds on the senders' clocks. */
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly timeoutMs: number;
}

/** One account may have a wrong clock, which proves nothing. */
const WITNESS_ACCOUNTS = 5;
const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/**
 * Asks a host for one collection only, from the start of the stretch on, for a bounded time. Never rejects; `unknown` when it can't be asked
 * or the signal aborts.
 */
export async function probeHost(options: ProbeOptions, signal: AbortSignal): Promise<ProbeAnswer> {
  const { host, collection, fromMicros, toMicros, timeoutMs } = options;
  const limits = { idleTimeoutMs: 2 * timeoutMs, maxPauseMs: timeoutMs, maxFrameBytes: MAX_FRAME_BYTES };
  const live = createLiveSource(host, { ...limits, filter: { collections: [collection] } });
  const timeout = AbortSignal.timeout(timeoutMs);
  const stream = live.open(timeCursor(fromMicros), AbortSignal.any([signal, timeout]));
  const accounts = new Set<string>();
  let hasReached = false;
  let lastFrameMs = performance.now();
  for await (const frames of stream) {
    lastFrameMs = performance.now();
    for (const text of frames) {
      const frame = live.parse(text);
      if (frame.kind !== 'event') continue;
      const micros = eventMicros(frame.event);
      if (micros <= fromMicros) continue;
      hasReached = true;
      if (micros <= toMicros && isOf(frame.event, collection)) accounts.add(frame.event.did);
    }
    if (accounts.size >= WITNESS_ACCOUNTS) return 'sends';
  }
  if (!timeout.aborted || signal.aborted || !(await stream.opened)) return 'unknown';
  const isSilent = performance.now() - lastFrameMs > timeoutMs / 2;
  return hasReached || isSilent ? 'sends none' : 'unknown';
}

function isOf(event: StreamEvent, collection: string): boolean {
  return event.kind === 'commit' && event.collection === collection;
}
