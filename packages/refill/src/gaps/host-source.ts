/*
 * In: a stretch of time. Out: its events from what a host still has of its live stream.
 * Keeps: a stretch counts as read only when the host had events from before its start, and was then read past its end.
 */

import {
  createLiveSource,
  hostName,
  type LiveSource,
  type StreamEvent,
  type StreamFrame,
  timeCursor,
} from '@updraft/jetstream';
import { type GapReading, type GapSource, isoTime, StretchError } from './gap-source.ts';

export interface HostLimits {
  readonly idleTimeoutMs: number;
  /** A reading that has not come to its end by then breaks off, and the next one goes on from its mark. */
  readonly maxMs: number;
  readonly maxEvents: number;
}

const LIMITS: HostLimits = { idleTimeoutMs: 60_000, maxMs: 30 * 60_000, maxEvents: 20_000_000 };
/** While the live stream is behind, nothing is taken: then the connection is closed, and later opened again. */
const MAX_PAUSE_MS = 3_000;

export function hostSource(address: string, limits: Partial<HostLimits> = {}): GapSource {
  const bounds = { ...LIMITS, ...limits };
  const source = createLiveSource(address, { idleTimeoutMs: bounds.idleTimeoutMs, maxPauseMs: MAX_PAUSE_MS });
  return {
    name: source.hasSync ? address : `${address} (v1, which has no #sync)`,
    canHeal: ({ host }) => nameOf(host) !== source.host,
    read: (reading, signal) => readHost({ source, bounds, reading }, signal),
  };
}

/** A gap's row has a host's address. */
function nameOf(host: string): string {
  return URL.canParse(host) ? hostName(host) : host;
}

interface HostReading {
  readonly source: LiveSource;
  readonly bounds: HostLimits;
  readonly reading: GapReading;
}

async function readHost({ source, bounds, reading }: HostReading, signal: AbortSignal): Promise<void> {
  const ending = AbortSignal.timeout(bounds.maxMs);
  const both = AbortSignal.any([signal, ending]);
  let from = reading.mark ?? reading.fromMicros;
  for (let events = 0; ; ) {
    const { reached, taken, isPast, why } = await readOnce(source, from, reading, both);
    signal.throwIfAborted();
    if (isPast) return;
    events += taken;
    if (ending.aborted || events > bounds.maxEvents)
      throw new StretchError(
        `it was read up to ${isoTime(reached)} in the time that a reading has; the next one goes on there`,
      );
    if (reached <= from) throw new StretchError(why);
    from = reached;
  }
}

/** How much earlier than its mark a reading begins again: hosts show events out of order, by seconds. */
const OVERLAP_MICROS = 60_000_000;

interface ReadOnce {
  /** The time up to which everything was read. */
  readonly reached: number;
  readonly taken: number;
  readonly isPast: boolean;
  /** Why it ended. */
  readonly why: string;
}

async function readOnce(
  source: LiveSource,
  fromMicros: number,
  reading: GapReading,
  signal: AbortSignal,
): Promise<ReadOnce> {
  const { startMicros, toMicros, writer } = reading;
  const mustHave = reading.mark === undefined && fromMicros === reading.fromMicros ? startMicros : fromMicros;
  const clock = createStreamClock();
  const cursor = timeCursor(mustHave === startMicros ? fromMicros : fromMicros - OVERLAP_MICROS);
  const stream = source.open(cursor, signal);
  const state = { taken: 0, isCovered: false };
  const result = (isPast: boolean, why: string): ReadOnce => {
    const reached = state.isCovered ? Math.max(fromMicros, clock.micros() ?? 0) : fromMicros;
    return { reached, taken: state.taken, isPast, why };
  };
  for await (const frames of stream) {
    for (const text of frames) {
      const frame = source.parse(text);
      requireWindow(frame);
      if (frame.kind === 'rejected') writer.take(frame.frame, text);
      if (frame.kind !== 'event') continue;
      state.taken += 1;
      state.isCovered ||= frame.event.timeUs <= mustHave;
      if (!state.isCovered && state.taken >= CLOCK_ACCOUNTS) throw tooLate(frame.event.timeUs);
      clock.add(frame.event);
      writer.take({ ok: true, event: frame.event }, text);
    }
    const micros = clock.micros();
    if (micros === undefined || !state.isCovered) continue;
    if (micros > toMicros) return result(true, '');
    reading.reached(Math.floor(Math.max(micros, fromMicros)));
    await reading.proceed();
  }
  const { reason, detail } = await stream.ended;
  return result(false, `${reason}: ${detail}`);
}

/** @throws StretchError when the host says that it begins elsewhere. */
function requireWindow(frame: StreamFrame): void {
  if (frame.kind === 'info')
    throw new StretchError(`it no longer has the start of the gap (${frame.name}: ${frame.message})`);
}

function tooLate(timeUs: number): StretchError {
  return new StretchError(`its events begin at ${isoTime(timeUs)}, after the start of the gap`);
}

/** A single event's times may be anything, and after a #sync thousands of one account have one rev: each account has one vote. */
const CLOCK_ACCOUNTS = 15;

/** Where a stream is: the median over its last accounts of the time that is earlier, the sender's or the host's. It never goes back. */
function createStreamClock(): { add(event: StreamEvent): void; micros(): number | undefined } {
  const times = new Map<string, number>();
  let latest = 0;
  return {
    add: (event) => {
      const sent = event.kind === 'commit' || event.kind === 'sync' ? event.rev.micros : event.timeUs;
      times.delete(event.did);
      times.set(event.did, Math.min(sent, event.timeUs));
      if (times.size <= CLOCK_ACCOUNTS) return;
      const [oldest = ''] = times.keys();
      times.delete(oldest);
    },
    micros: () => {
      if (times.size < CLOCK_ACCOUNTS) return undefined;
      latest = Math.max(latest, [...times.values()].toSorted((a, b) => a - b)[CLOCK_ACCOUNTS >> 1] ?? 0);
      return latest;
    },
  };
}
