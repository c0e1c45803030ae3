import { sleep } from '@updraft/service';
import type { Backoff } from '@updraft/store';
import type { Place, ResumePoint } from '../cursor.ts';
import { type Ended, MAX_FRAME_BYTES, readConnection } from './connection.ts';
import { createHostRotation } from './hosts.ts';
import type { FrameSink, Source } from './source.ts';

/** What happens to the connection, for logs and metrics. */
export interface ConnectionEvents {
  connecting(host: string, point: ResumePoint | undefined): void;
  connected(host: string, point: ResumePoint | undefined): void;
  /** The connection, or the try, has ended; `retryInMs` until the next. */
  ended(host: string, end: Ended, retryInMs: number): void;
}

export interface JetstreamOptions {
  /** URLs of `/subscribe`, the preferred first. */
  readonly hosts: readonly string[];
  /** The host that was read last. */
  readonly lastHost: string | undefined;
  readonly place: Pick<Place, 'resumePoint' | 'resumed'>;
  readonly idleTimeoutMs: number;
  readonly maxPauseMs: number;
  readonly backoff: Backoff;
  readonly events: ConnectionEvents;
}

/** Reads Jetstream's `/subscribe` of one host at a time, and for ever: each connection goes on where the one before ended. */
export function createJetstreamSource(options: JetstreamOptions): Source {
  return { run: (sink, signal) => readForEver(options, sink, signal) };
}

async function readForEver(options: JetstreamOptions, sink: FrameSink, signal: AbortSignal): Promise<void> {
  const { place, backoff, events } = options;
  const rotation = createHostRotation(options.hosts, options.lastHost);
  let skipTooLarge = false;
  while (!signal.aborted) {
    if (!(await settled(sink.hasRoom(signal)))) return;
    const host = rotation.current();
    const point = place.resumePoint(host, nowMicros());
    events.connecting(host, point);
    const onOpen = (): void => {
      place.resumed(host, point, nowMicros());
      events.connected(host, point);
    };
    const { idleTimeoutMs, maxPauseMs } = options;
    const url = subscribeUrl(host, point, skipTooLarge);
    const end = await readConnection({ url, sink, idleTimeoutMs, maxPauseMs, onOpen }, signal);
    // A frame above the limit would come again after every resume: the server leaves it out, once asked to.
    skipTooLarge = end.reason === 'too_large';
    const next = rotation.ended({ delivered: end.events > 0, lastedMs: end.lastedMs, onPurpose: isOnPurpose(end) });
    if (!next.wait) backoff.reset();
    const retryInMs = next.wait && !signal.aborted ? backoff.next() : 0;
    events.ended(host, end, retryInMs);
    await settled(sleep(retryInMs, signal));
  }
}

function isOnPurpose({ reason }: Ended): boolean {
  return reason === 'stopped' || reason === 'backpressure' || reason === 'too_large';
}

/** The address of a subscription to everything from `point` on. */
export function subscribeUrl(host: string, point: ResumePoint | undefined, skipTooLarge = false): string {
  const url = new URL(host);
  if (point !== undefined) url.searchParams.set('cursor', String(point.cursor));
  if (skipTooLarge) url.searchParams.set('maxMessageSizeBytes', String(MAX_FRAME_BYTES));
  return url.href;
}

function nowMicros(): number {
  return Date.now() * 1000;
}

/** Whether it resolved; a rejection is the signal's. */
function settled(waiting: Promise<unknown>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}
