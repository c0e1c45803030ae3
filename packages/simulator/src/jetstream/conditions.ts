import type { Refusal } from '../wire/endpoint.ts';

/** A fault happens once, to the first reader that has got `afterEvents` more events. */
export type Fault =
  /** The connection ends without a close frame. */
  | { readonly kind: 'drop'; readonly afterEvents: number }
  /** The connection is reset in the middle of a frame. */
  | { readonly kind: 'reset'; readonly afterEvents: number }
  /** The connection stays open, and nothing more comes. */
  | { readonly kind: 'silence'; readonly afterEvents: number }
  /** A frame comes that belongs to no event. */
  | { readonly kind: 'frame'; readonly afterEvents: number; readonly text: string }
  /** The last `events` events come again. */
  | { readonly kind: 'repeat'; readonly afterEvents: number; readonly events: number };

/** Lasting faults of the server, until they are changed. */
export interface Weather {
  /** Every handshake is answered with 503. */
  readonly unavailable: boolean;
  /** Older events are gone: an older cursor is silently moved here. */
  readonly floorSeq: number;
  /** A time cursor begins this many events too early, as on the new server for times in its active segment. */
  readonly replayEvents: number;
  /** Every connection is closed, with this code, after this many events; 0: without any. */
  readonly closesAfter: { readonly events: number; readonly code: number } | undefined;
  /** `maxMessageSizeBytes` is accepted and has no effect. */
  readonly ignoresSizeLimit: boolean;
  /** Collections that no reader is sent, while all others flow. */
  readonly blindTo: readonly string[];
  /** Collections of which no reader is sent the events of most accounts. */
  readonly thins: readonly string[];
}

const FINE_WEATHER: Weather = {
  unavailable: false,
  floorSeq: 0,
  replayEvents: 0,
  closesAfter: undefined,
  ignoresSizeLimit: false,
  blindTo: [],
  thins: [],
};

/** The faults to come and the weather of one host. */
export interface Conditions {
  weather(): Weather;
  setWeather(change: Partial<Weather>): void;
  inject(fault: Fault): void;
  /** The next fault, which now belongs to the caller. */
  takeFault(): Fault | undefined;
  faultsLeft(): number;
  /** The answer to a handshake while the host takes no readers. */
  refusal(): Refusal | undefined;
}

export function createConditions(first: Partial<Weather> = {}, onChange: () => void): Conditions {
  const faults: Fault[] = [];
  let weather: Weather = { ...FINE_WEATHER, ...first };
  return {
    weather: () => weather,
    setWeather(change) {
      weather = { ...weather, ...change };
      onChange();
    },
    inject(fault) {
      faults.push(fault);
      onChange();
    },
    takeFault: () => faults.shift(),
    faultsLeft: () => faults.length,
    refusal: () => (weather.unavailable ? { status: 503, body: 'service starting up' } : undefined),
  };
}
