import { type Cursor, CursorTooOldError, createLiveSource, type LiveSource } from '@updraft/jetstream';
import { blindRow } from '../cursor/gap-rows.ts';
import type { Rewind } from '../cursor/rewinds.ts';
import { type ComparisonOutcome, untilThinner } from './compare-hosts.ts';
import { type Ended, type EndReason, type OpenConnection, readConnection } from './connection.ts';
import { asksForAll } from './host-filter.ts';
import { type HealthSample, type HostHealth } from './host-health.ts';
import { isV2 } from './host-order.ts';
import { type BlindHost, WATCH_TIMING, watchHost } from './host-watch.ts';
import type { JetstreamOptions } from './jetstream.ts';
import type { LeftOutStretch } from './left-out.ts';
import { RETURN_TIMING, untilOneSends } from './return-to-v2.ts';
import { askedLimit, LIFT_TIMING, liftingMessage, liftWhenPast, type SizeLimit } from './size-limit.ts';
import type { EventSink } from './source.ts';
import { createFollower, type Follower } from './tally.ts';

/** What is kept from one connection to the next. */
export interface Reading {
  readonly options: JetstreamOptions;
  readonly sizeLimit: SizeLimit;
  readonly health: HostHealth;
  readonly leftOut: LeftOutStretch;
  /** Up to when the host is known to bring all that another one brings. */
  readonly compared: { host: string; micros: number };
}

/** One connection to come. */
export interface NextConnection {
  readonly host: string;
  readonly rewind: Rewind;
  readonly sink: EventSink;
}

/** Why we leave a connection that works, and the host to read next, if not the same. */
interface Leaving {
  readonly reason: Extract<EndReason, 'blind' | 'lifted' | 'went back' | 'preferred'>;
  readonly detail: string;
  readonly next?: string;
}

/** A connection as long as it is open. */
interface Open extends OpenConnection {
  readonly live: LiveSource;
  readonly point: Cursor | undefined;
  leave(leaving: Leaving): void;
  readonly follower: Follower;
}

/** Characters of frames that wait beside the rows before the socket is held back. */
const MAX_QUEUED = 1024 * 1024;

/** Reads one connection to its end. `next`: the host to read then, where it was left for another one. */
export async function readHost(
  reading: Reading,
  { host, rewind, sink }: NextConnection,
  signal: AbortSignal,
): Promise<{ readonly end: Ended; readonly next: string | undefined }> {
  const { options, sizeLimit } = reading;
  const { position, events, idleTimeoutMs, maxPauseMs } = options;
  const maxMessageSizeBytes = sizeLimit.isAsked() ? askedLimit(host) : 0;
  const limits = { idleTimeoutMs, maxPauseMs, maxQueued: MAX_QUEUED };
  const live = createLiveSource(host, { ...limits, filter: { maxMessageSizeBytes } });
  const point = position.resumePoint(host, nowMicros(), { stepOver: sizeLimit.stepOver(), rewind });
  events.connecting(host, point);
  const left = new AbortController();
  let leaving: Leaving | undefined;
  const follower = createFollower();
  const leave = (of: Leaving): void => {
    leaving ??= of;
    left.abort();
  };
  const onOpen = (connection: OpenConnection): void => {
    position.resumed(host, point, nowMicros());
    events.connected(host, point, live.hasSync);
    opened(reading, { ...connection, live, point, leave, follower });
  };
  const onInfo = (name: string, message: string): void => {
    events.info(host, name, message);
    if (name === 'FutureCursor' && point?.kind === 'seq') position.refused('went back');
  };
  const afterFrames = (): void => {
    const row = position.wentBack();
    if (row === undefined) return;
    events.wentBack(row);
    leave({ reason: 'went back', detail: `left, to read again by time: ${row.detail}` });
  };
  const connection = { live, cursor: point, sink, onOpen, onEvent: follower.add, onInfo, afterFrames };
  const ended = await readConnection(connection, AbortSignal.any([signal, left.signal]));
  if (ended.error instanceof CursorTooOldError) position.refused('too old');
  if (leaving === undefined || signal.aborted) return { end: ended, next: undefined };
  return { end: { ...ended, ...leaving }, next: leaving.next };
}

/** What runs beside a connection until its end. */
function opened(reading: Reading, open: Open): void {
  const { options, sizeLimit, health } = reading;
  const { address } = open.live;
  if (sizeLimit.isAsked()) liftLimit(reading, open);
  if (!open.live.hasSync) returnToV2(reading, open);
  if (asksForAll(address)) watchOpen(reading, open);
  else health.restart(address, sampleOf(options.eventCounts, 0)); // what this host leaves out says nothing of the one before
}

function liftLimit({ options, sizeLimit, leftOut }: Reading, { live, send, ended, leave }: Open): void {
  const { position, events, liftTiming = LIFT_TIMING } = options;
  const { address, protocol } = live;
  const lift = (): void => {
    sizeLimit.lifted();
    if (protocol === 'v1') send(liftingMessage(address));
    else leave({ reason: 'lifted', detail: 'left, to ask for events of any size again' }); // v2 takes no messages
  };
  const onLifted = (): void => events.leftOut(leftOut(address, nowMicros(), true), true);
  liftWhenPast({ isPast: position.isContinuous, lift, onLifted, timing: liftTiming }, ended);
}

/** Leaves a host of v1 as soon as one of v2 can be read. */
function returnToV2({ options }: Reading, { live, ended, leave }: Open): void {
  const better = options.hosts.filter(isV2);
  if (isV2(live.address) || better.length === 0) return;
  void untilOneSends(better, options.returnTiming ?? RETURN_TIMING, ended).then((next) => {
    if (next !== undefined) leave({ reason: 'preferred', detail: `left, because ${next} can be read again`, next });
  });
}

/** Watches the host until the connection's end, and leaves it when another host sends what this one leaves out. */
function watchOpen({ options, health, compared }: Reading, { live, point, ended, leave, follower }: Open): void {
  const { position, events, hosts, eventCounts, watchTiming: timing = WATCH_TIMING } = options;
  const host = live.address;
  // Where the connection began, for a store that has no event yet.
  const startMicros = point?.kind === 'time' ? point.micros : nowMicros();
  const micros = (): number => position.last()?.micros ?? startMicros;
  const onBlind = (found: BlindHost): void => {
    events.blind(blindRow(host, found, micros()), host, found);
    const { collection, sinceMicros, witness } = found;
    if (witness === undefined) return;
    position.rewind(sinceMicros, witness);
    leave({ reason: 'blind', detail: `left, because ${witness} sends more of ${collection}`, next: witness });
  };
  const others = hosts.filter((other) => other !== host && asksForAll(other));
  const sample = (): HealthSample => sampleOf(eventCounts, micros());
  const onCompared = (other: string, outcome: ComparisonOutcome): void => events.compared(host, other, outcome);
  if (compared.host !== host) Object.assign(compared, { host, micros: micros() });
  const { compareTiming } = options;
  void untilThinner({ others, timing: compareTiming, compared, follower, onCompared }, ended).then((found) => {
    if (found !== undefined) onBlind(found);
  });
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

export function nowMicros(): number {
  return Date.now() * 1000;
}
