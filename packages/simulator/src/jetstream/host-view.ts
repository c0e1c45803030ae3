import { withCursor } from '../wire/event-line.ts';
import { eventLine, type WorldEvent } from '../world/event.ts';
import type { LoggedEvent } from './event-log.ts';

/** How one host shows the world: hosts differ in sequence numbers, times, and the order of events of different accounts. */
export interface HostOptions {
  /** The new server gives every event a `cursor`; legacy hosts know none, read every cursor as a time and send no pings. */
  readonly generation: 'new' | 'legacy';
  readonly firstSeq: number;
  /** Added to every `time_us`. */
  readonly timeShiftMicros: number;
  /** Exchange neighbouring events of different accounts now and then. */
  readonly reorder: boolean;
}

export const FIRST_HOST: HostOptions = { generation: 'new', firstSeq: 1, timeShiftMicros: 0, reorder: false };

/** Another host with the same events: sequence numbers far from the first one's, times half a minute and some jitter apart. */
export const SECOND_HOST: HostOptions = {
  generation: 'new',
  firstSeq: 7_000_001,
  timeShiftMicros: 31_000_000,
  reorder: true,
};

export interface HostView {
  append(event: WorldEvent): void;
  /** Lets an event go that is held back for the sake of the order. */
  settle(): void;
}

/** An event as the host shows it. */
export interface ShownEvent extends LoggedEvent {
  readonly isStrange?: boolean | undefined;
  readonly isBootstrap?: boolean | undefined;
}

/** Turns the world's events into the host's, in the host's order, and gives each to `emit`. `nextSeq`: the number that it will get. */
export function createHostView(host: HostOptions, nextSeq: () => number, emit: (event: ShownEvent) => void): HostView {
  let held: WorldEvent | undefined;
  const send = (event: WorldEvent) => emit(shown(event, host, nextSeq()));
  const settle = () => {
    if (held !== undefined) send(held);
    held = undefined;
  };
  return {
    settle,
    append(event) {
      if (!host.reorder) return send(event);
      if (held === undefined) {
        // One event in eight waits until the next one of another account has passed it.
        if (Math.imul(nextSeq(), 0x85ebca6b) >>> 29 === 0) held = event;
        else send(event);
        return;
      }
      const [first, second] = held.did === event.did ? [held, event] : [event, held];
      held = undefined;
      send(first);
      send(second);
    },
  };
}

function shown(event: WorldEvent, { generation, timeShiftMicros }: HostOptions, seq: number): ShownEvent {
  const jitter = timeShiftMicros === 0 ? 0 : Math.imul(seq, 0x9e3779b1) >>> 17;
  const timeUs = event.timeUs + timeShiftMicros + jitter;
  const cursor = generation === 'new' ? seq : undefined;
  const text = eventLine(event, timeUs, cursor);
  const line = event.raw !== undefined && cursor !== undefined && isJson(text) ? withCursor(text, cursor) : text;
  const { isStrange, isBootstrap, only } = event;
  return { line, timeUs, isStrange, isBootstrap, ...(only && { only }) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
