import { UnavailableError } from '@updraft/jetstream';
import { type Backoff, pause } from '@updraft/service';
import type { Rewind } from '../cursor/rewinds.ts';
import type { StreamPosition } from '../cursor/stream-position.ts';
import type { EventCounts } from '../intake/event-counts.ts';
import { createBusyHosts } from './busy-hosts.ts';
import type { CompareTiming } from './compare-hosts.ts';
import type { Ended } from './connection.ts';
import { createHostHealth } from './host-health.ts';
import { firstHost, hostsInOrder } from './host-order.ts';
import { type ConnectionEnd, createHostRotation } from './host-rotation.ts';
import { WATCH_TIMING, type WatchTiming } from './host-watch.ts';
import { createLeftOutStretch } from './left-out.ts';
import { nowMicros, type Reading, readHost } from './read-host.ts';
import type { ReturnTiming } from './return-to-v2.ts';
import { createSizeLimit, type LiftTiming } from './size-limit.ts';
import { type EventSink, roomOrEnd, type Source } from './source.ts';
import type { ConnectionEvents } from './stream-reports.ts';

export interface JetstreamOptions {
  /** Addresses of hosts, the preferred first; those of v2 are read before those of v1. */
  readonly hosts: readonly string[];
  /** The host that was read last. */
  readonly lastHost: string | undefined;
  readonly position: Omit<StreamPosition, 'observe' | 'progress'>;
  readonly eventCounts: Pick<EventCounts, 'total' | 'list'>;
  readonly idleTimeoutMs: number;
  readonly maxPauseMs: number;
  readonly backoff: Backoff;
  readonly events: ConnectionEvents;
  /** How the host is compared with others. */
  readonly compareTiming: CompareTiming;
  /** Tests only; default WATCH_TIMING, LIFT_TIMING and RETURN_TIMING. */
  readonly watchTiming?: WatchTiming;
  readonly liftTiming?: LiftTiming;
  readonly returnTiming?: ReturnTiming;
}

/** Reads one Jetstream host at a time, without end: each connection resumes where the one before ended. */
export function createJetstreamSource(options: JetstreamOptions): Source {
  return { run: (sink, signal) => readForEver(options, sink, signal) };
}

async function readForEver(options: JetstreamOptions, sink: EventSink, signal: AbortSignal): Promise<void> {
  const { lastHost, backoff, events, position } = options;
  const hosts = hostsInOrder(options.hosts);
  const rotation = createHostRotation(hosts, firstHost(hosts, lastHost));
  const sizeLimit = createSizeLimit(hosts.length);
  const busy = createBusyHosts(() => performance.now());
  const health = createHostHealth((options.watchTiming ?? WATCH_TIMING).missingForMs);
  const leftOut = createLeftOutStretch(position.last);
  const reading: Reading = { options, sizeLimit, health, leftOut, compared: { host: '', micros: 0 } };
  let rewind: Rewind = 'unclean'; // how the last run ended is not known
  while (!signal.aborted) {
    await roomOrEnd(sink, signal);
    if (signal.aborted) return;
    const host = rotation.current();
    const { end, next } = await readHost(reading, { host, rewind, sink }, signal);
    rewind = rewindAfter(end);
    const kind = kindOf(reading, end);
    const turn = rotation.ended({ kind, delivered: end.events > 0, lastedMs: end.lastedMs });
    if (next !== undefined) rotation.prefer(next);
    if (turn.good) backoff.reset();
    if (end.error instanceof UnavailableError) busy.asked(host, end.error);
    if (busy.waitMs(rotation.current()) > 0) rotation.prefer(busy.firstFree(inTurn(hosts, rotation.current())));
    const waitMs = turn.wait ? Math.max(backoff.next(), busy.waitMs(rotation.current())) : 0;
    const retryInMs = signal.aborted ? 0 : waitMs;
    events.ended(host, end, retryInMs);
    if (kind === 'too_large') events.leftOut(leftOut(host, nowMicros(), false), false);
    await pause(retryInMs, signal);
  }
}

/** All hosts, from this one on. */
function inTurn(hosts: readonly string[], first: string): string[] {
  const at = hosts.indexOf(first);
  return [...hosts.slice(at), ...hosts.slice(0, at)];
}

function kindOf({ sizeLimit }: Reading, { reason, events }: Ended): ConnectionEnd['kind'] {
  const verdict = sizeLimit.ended({ tooLarge: reason === 'too_large', delivered: events > 0 });
  if (reason === 'blind') return 'unfit';
  if (OURS.has(reason)) return 'paused';
  return verdict ?? (reason === 'error' ? 'refused' : 'ended');
}

/** Ends by us that say nothing against the host. */
const OURS: ReadonlySet<Ended['reason']> = new Set(['backpressure', 'stopped', 'lifted', 'preferred']);

function rewindAfter({ reason }: Ended): Rewind {
  if (reason === 'lifted') return 'none'; // what is above the limit of a frame lies before it
  return reason === 'backpressure' || reason === 'too_large' ? 'clean' : 'unclean';
}
