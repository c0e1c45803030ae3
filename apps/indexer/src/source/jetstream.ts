import { type Backoff, pause } from '@updraft/service';
import type { IngestGapRow } from '@updraft/store';
import { blindRow } from '../cursor/gap-rows.ts';
import type { ResumePoint } from '../cursor/resume-point.ts';
import type { StreamPosition } from '../cursor/stream-position.ts';
import type { EventCounts } from '../intake/event-counts.ts';
import { type Ended, type OpenConnection, readConnection } from './connection.ts';
import { createHostHealth, type HealthSample, type HostHealth } from './host-health.ts';
import { type ConnectionEnd, createHostRotation } from './host-rotation.ts';
import { type BlindHost, WATCH_TIMING, type WatchTiming, watchHost } from './host-watch.ts';
import { createLeftOutStretch, type LeftOutStretch } from './left-out.ts';
import {
  askLimit,
  createSizeLimit,
  LIFT_TIMING,
  type LiftTiming,
  liftingMessage,
  liftWhenPast,
  type SizeLimit,
} from './size-limit.ts';
import { type FrameSink, roomOrEnd, type Source } from './source.ts';

/** What happens to the connection, for logs and metrics. */
export interface ConnectionEvents {
  connecting(host: string, point: ResumePoint | undefined): void;
  connected(host: string, point: ResumePoint | undefined): void;
  /** The connection, or the try, has ended; `retryInMs` until the next. */
  ended(host: string, end: Ended, retryInMs: number): void;
  /** An event is above the limit of a frame. Called again, with a longer row of the same id, when that is over. */
  leftOut(row: IngestGapRow, isOver: boolean): void;
  /** The host leaves a collection out. If there is a witness, that host is read from now on, and the stretch read again. */
  blind(row: IngestGapRow, host: string, found: BlindHost): void;
}

export interface JetstreamOptions {
  /** URLs of `/subscribe`, the preferred first. */
  readonly hosts: readonly string[];
  /** The host that was read last. */
  readonly lastHost: string | undefined;
  readonly position: Omit<StreamPosition, 'observe' | 'progress'>;
  readonly eventCounts: Pick<EventCounts, 'total' | 'list'>;
  readonly idleTimeoutMs: number;
  readonly maxPauseMs: number;
  readonly backoff: Backoff;
  readonly events: ConnectionEvents;
  /** Tests only; default WATCH_TIMING and LIFT_TIMING. */
  readonly watchTiming?: WatchTiming;
  readonly liftTiming?: LiftTiming;
}

/** Reads Jetstream's `/subscribe` of one host at a time, without end: each connection resumes where the one before ended. */
export function createJetstreamSource(options: JetstreamOptions): Source {
  return { run: (sink, signal) => readForEver(options, sink, signal) };
}

/** What is kept from one connection to the next. */
interface Reading {
  readonly options: JetstreamOptions;
  readonly sizeLimit: SizeLimit;
  readonly health: HostHealth;
  readonly leftOut: LeftOutStretch;
}

async function readForEver(options: JetstreamOptions, sink: FrameSink, signal: AbortSignal): Promise<void> {
  const { hosts, lastHost, backoff, events, position } = options;
  const rotation = createHostRotation(hosts, lastHost);
  const sizeLimit = createSizeLimit(hosts.length);
  const health = createHostHealth((options.watchTiming ?? WATCH_TIMING).missingForMs);
  const leftOut = createLeftOutStretch(position.last);
  const reading: Reading = { options, sizeLimit, health, leftOut };
  while (!signal.aborted) {
    await roomOrEnd(sink, signal);
    if (signal.aborted) return;
    const host = rotation.current();
    const { end, witness } = await readHost(reading, host, sink, signal);
    const kind = kindOf(reading, end);
    const next = rotation.ended({ kind, delivered: end.events > 0, lastedMs: end.lastedMs });
    if (witness !== undefined) rotation.prefer(witness);
    if (next.good) backoff.reset();
    const retryInMs = next.wait && !signal.aborted ? backoff.next() : 0;
    events.ended(host, end, retryInMs);
    if (kind === 'too_large') events.leftOut(leftOut(host, nowMicros(), false), false);
    await pause(retryInMs, signal);
  }
}

function kindOf({ sizeLimit }: Reading, { reason, events }: Ended): ConnectionEnd['kind'] {
  const verdict = sizeLimit.ended({ tooLarge: reason === 'too_large', delivered: events > 0 });
  if (reason === 'blind') return 'unfit';
  if (reason === 'backpressure' || reason === 'stopped') return 'paused';
  return verdict ?? 'ended';
}

/** Reads one connection to its end. `witness`: the host to read next, because this one leaves a collection out and that one doesn't. */
async function readHost(
  reading: Reading,
  host: string,
  sink: FrameSink,
  signal: AbortSignal,
): Promise<{ readonly end: Ended; readonly witness: string | undefined }> {
  const { options, sizeLimit, health } = reading;
  const { position, events, idleTimeoutMs, maxPauseMs } = options;
  const point = position.resumePoint(host, nowMicros(), sizeLimit.stepOver());
  events.connecting(host, point);
  const left = new AbortController();
  let witness: string | undefined;
  const onOpen = (connection: OpenConnection): void => {
    position.resumed(host, point, nowMicros());
    events.connected(host, point);
    if (sizeLimit.isAsked()) liftLimit(reading, host, connection);
    if (asksForAll(host)) {
      const startMicros = point?.by === 'time' ? point.cursor : nowMicros();
      watchOpen(reading, { host, startMicros, ended: connection.ended }, (found) => {
        witness = found.witness;
        left.abort();
      });
    } else health.restart(host, sampleOf(options.eventCounts, 0)); // what this host leaves out says nothing of the one before
  };
  const url = subscribeUrl(host, point, sizeLimit.isAsked());
  const ended = await readConnection(
    { url, sink, idleTimeoutMs, maxPauseMs, onOpen },
    AbortSignal.any([signal, left.signal]),
  );
  if (witness === undefined || signal.aborted) return { end: ended, witness: undefined };
  return {
    end: { ...ended, reason: 'blind', detail: `left, because it sends no more of a collection that ${witness} sends` },
    witness,
  };
}

function liftLimit({ options, sizeLimit, leftOut }: Reading, host: string, { send, ended }: OpenConnection): void {
  const { position, events, liftTiming } = options;
  const lift = (): void => {
    send(liftingMessage(host));
    sizeLimit.lifted();
  };
  const onLifted = (): void => events.leftOut(leftOut(host, nowMicros(), true), true);
  liftWhenPast({ isPast: position.isContinuous, lift, onLifted, timing: liftTiming ?? LIFT_TIMING }, ended);
}

/** A connection that is watched. */
interface Watched {
  readonly host: string;
  /** Where the connection began, for a store that has no event yet. */
  readonly startMicros: number;
  readonly ended: AbortSignal;
}

/** Watches the host until the connection's end; calls `onLeave` when another host sends what this one leaves out. */
function watchOpen({ options, health }: Reading, watched: Watched, onLeave: (found: BlindHost) => void): void {
  const { position, events, hosts, eventCounts, watchTiming: timing = WATCH_TIMING } = options;
  const { host, startMicros, ended } = watched;
  const micros = (): number => position.last()?.micros ?? startMicros;
  const onBlind = (found: BlindHost): void => {
    events.blind(blindRow(host, found, micros()), host, found);
    if (found.witness === undefined) return;
    position.rewind(found.sinceMicros, found.witness);
    onLeave(found);
  };
  const others = hosts.filter((other) => other !== host && asksForAll(other));
  const sample = (): HealthSample => sampleOf(eventCounts, micros());
  void watchHost({ host, health, sample, others, timing, onBlind }, ended);
}

function sampleOf(counts: JetstreamOptions['eventCounts'], micros: number): HealthSample {
  const commits = Map.groupBy(counts.list(), ({ collection }) => collection);
  return {
    atMs: performance.now(),
    micros,
    events: counts.total(),
    eventsOf: (collection) => (commits.get(collection) ?? []).reduce((sum, { events }) => sum + events, 0),
  };
}

/** Whether a host is asked for everything: an address may have a filter of its own. */
function asksForAll(host: string): boolean {
  const { searchParams } = new URL(host);
  return !searchParams.has('wantedCollections') && !searchParams.has('wantedDids');
}

/** The address of a subscription from `point` on. */
function subscribeUrl(host: string, point: ResumePoint | undefined, skipTooLarge: boolean): string {
  const url = new URL(host);
  if (point !== undefined) url.searchParams.set('cursor', String(point.cursor));
  if (skipTooLarge) askLimit(url);
  return url.href;
}

function nowMicros(): number {
  return Date.now() * 1000;
}
