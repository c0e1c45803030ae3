/*
 * In: a stretch of time. Out: its events from what a host still has of its live stream.
 * Keeps: a stretch counts as read only when the host had events from before its start, and was then read past its end.
 */

import { createLiveSource, hostName, type LiveSource, type StreamFrame, timeCursor } from '@updraft/jetstream';
import { type GapReading, type GapSource, isoTime, StretchError } from './gap-source.ts';
import { CLOCK_VOTES, createStreamClock } from './stream-clock.ts';

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
    const { reached, taken, isPast, why } = await readFrom(source, from, reading, both);
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

/** In a small network the last event before the stretch may be old: how much earlier the host is asked, in turn, until it shows one. */
const LOOK_BACK_MICROS = [0, 3_600_000_000, 86_400_000_000];

async function readFrom(
  source: LiveSource,
  fromMicros: number,
  reading: GapReading,
  signal: AbortSignal,
): Promise<ReadOnce> {
  const isStart = reading.mark === undefined && fromMicros === reading.fromMicros;
  const place = {
    fromMicros,
    mustHave: isStart ? reading.startMicros : fromMicros,
    cursorMicros: fromMicros - (isStart ? 0 : OVERLAP_MICROS),
  };
  for (let nth = 0; ; nth++) {
    const cursorMicros = place.cursorMicros - (LOOK_BACK_MICROS[nth] ?? 0);
    try {
      return await readOnce(source, { ...place, cursorMicros }, reading, signal);
    } catch (error) {
      if (!(error instanceof TooLateError) || nth >= LOOK_BACK_MICROS.length - 1) throw error;
    }
  }
}

interface ReadPlace {
  readonly fromMicros: number;
  /** An event from before this time shows that the host has what follows. */
  readonly mustHave: number;
  readonly cursorMicros: number;
}

async function readOnce(
  source: LiveSource,
  { fromMicros, mustHave, cursorMicros }: ReadPlace,
  reading: GapReading,
  signal: AbortSignal,
): Promise<ReadOnce> {
  const { toMicros, writer } = reading;
  const clock = createStreamClock();
  const stream = source.open(timeCursor(cursorMicros), signal);
  const state = { taken: 0, isCovered: false, firstMicros: 0 };
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
      if (state.taken === 1) state.firstMicros = frame.event.timeUs;
      state.isCovered ||= frame.event.timeUs <= mustHave;
      if (!state.isCovered && state.taken >= CLOCK_VOTES) throw tooLate(frame.event.timeUs);
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
  if (!state.isCovered && state.taken > 0 && reason === 'idle') throw tooLate(state.firstMicros);
  // A host that has nothing more to say is at its end, in a small network after an event or two.
  const isPast = reason === 'idle' && state.isCovered && clock.latest() > toMicros;
  return result(isPast, reason === 'idle' ? quietBefore(clock.latest()) : `${reason}: ${detail}`);
}

/** @throws StretchError when the host says that it begins elsewhere. */
function requireWindow(frame: StreamFrame): void {
  if (frame.kind === 'info')
    throw new StretchError(`it no longer has the start of the gap (${frame.name}: ${frame.message})`);
}

/** After some minutes more there is an event. */
function quietBefore(latest: number): string {
  const last = latest === 0 ? 'it has sent nothing' : `its last event is of ${isoTime(latest)}`;
  return `${last}, and nothing shows that it is past the end of the gap`;
}

/** Its events begin after what it must have. */
class TooLateError extends StretchError {
  override name = 'TooLateError';
}

function tooLate(timeUs: number): TooLateError {
  return new TooLateError(`its events begin at ${isoTime(timeUs)}, after the start of the gap`);
}
