/** Something that goes wrong once, for the first reader that has got so many more events. */
export type Fault =
  /** The connection ends without a close frame. */
  | { readonly kind: 'drop'; readonly afterEvents: number }
  /** The connection is reset in the middle of a frame. */
  | { readonly kind: 'reset'; readonly afterEvents: number }
  /** The connection stays open, and nothing more comes. */
  | { readonly kind: 'silence'; readonly afterEvents: number }
  /** The last so many events come again. */
  | { readonly kind: 'repeat'; readonly afterEvents: number; readonly events: number };

/** What is wrong with the server as long as it is set. */
export interface Weather {
  /** Every handshake is answered with 503. */
  readonly unavailable: boolean;
  /** Older events are gone: an older cursor is silently moved here. */
  readonly floorSeq: number;
  /** A time cursor begins so many events too early, as on the new server for times in its active segment. */
  readonly replayEvents: number;
  /** Every connection is closed, with this code, after so many events; 0: without any. */
  readonly closesAfter: { readonly events: number; readonly code: number } | undefined;
  /** `maxMessageSizeBytes` is taken and has no effect. */
  readonly ignoresSizeLimit: boolean;
  /** Collections that nobody is sent, while all others flow. */
  readonly blindTo: readonly string[];
}

export const FINE_WEATHER: Weather = {
  unavailable: false,
  floorSeq: 0,
  replayEvents: 0,
  closesAfter: undefined,
  ignoresSizeLimit: false,
  blindTo: [],
};

const FAULT_KINDS = ['drop', 'reset', 'silence', 'repeat'];

/** A fault or a change of weather as the control endpoint takes them, or what is wrong with it. */
export function readControl(body: unknown): { fault: Fault } | { weather: Partial<Weather> } | { error: string } {
  if (typeof body !== 'object' || body === null) return { error: 'expected an object' };
  const { kind, afterEvents, events, unavailable, floorSeq, replayEvents } = body as Record<string, unknown>;
  if (kind !== undefined) {
    if (typeof kind !== 'string' || !FAULT_KINDS.includes(kind))
      return { error: `kind: expected one of ${FAULT_KINDS.join(', ')}` };
    if (!isCount(afterEvents)) return { error: 'afterEvents: expected a count' };
    if (kind === 'repeat' && !isCount(events)) return { error: 'events: expected a count' };
    return { fault: { kind, afterEvents, events } as Fault };
  }
  if (unavailable !== undefined && typeof unavailable !== 'boolean')
    return { error: 'unavailable: expected true or false' };
  if (floorSeq !== undefined && !isCount(floorSeq)) return { error: 'floorSeq: expected a sequence number' };
  if (replayEvents !== undefined && !isCount(replayEvents)) return { error: 'replayEvents: expected a count' };
  return {
    weather: {
      ...(unavailable !== undefined && { unavailable }),
      ...(floorSeq !== undefined && { floorSeq }),
      ...(replayEvents !== undefined && { replayEvents }),
    },
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
