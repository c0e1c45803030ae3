/**
 * Whether a host sends everything. A partially blind one leaves whole collections out while the rest flows, so there is no silence to notice.
 * The share of each watched collection is learnt. A collection is suspected when nothing of it has come for a while, and so many other events
 * came meanwhile that dozens of it were due. One event of it ends the suspicion: nights, bursts and slow streams raise none. Another host has
 * to tell whether the cause is the host or the network: see `probe-host.ts`.
 */
export interface HostHealth {
  /** Takes the counts as they are now; gives the suspected collections, the most certain first. */
  sample(sample: HealthSample): Suspicion[];
  /**
   * A connection begins. At another host than before, what is missing counts from here, and what was learnt stays. At the same host nothing
   * changes: one that hangs up now and then, or is read again because no other could be, still left out what it left out.
   */
  restart(host: string, sample: HealthSample): void;
  /** Another host was asked: this collection is not suspected until then. */
  silence(collection: string, untilMs: number): void;
}

export interface HealthSample {
  /** Milliseconds on a clock that doesn't jump. */
  readonly atMs: number;
  /** Where the stream is, in microseconds on its senders' clocks. */
  readonly micros: number;
  /** Events so far: in all, and of a collection. */
  readonly events: number;
  readonly eventsOf: (collection: string) => number;
}

export interface Suspicion {
  readonly collection: string;
  /** Where the stream was when the last one came. */
  readonly sinceMicros: number;
  readonly missingForMs: number;
  /** How many were due. */
  readonly expected: number;
  /** Whether the share is known from this stream, and not only the network's usual one. */
  readonly isLearnt: boolean;
}

/** What share of the network's events the large collections are. Source: facts on volume, July 2026. */
const USUAL_SHARE: Readonly<Record<string, number>> = {
  'app.bsky.feed.like': 0.7,
  'app.bsky.feed.post': 0.12,
  'app.bsky.feed.repost': 0.1,
  'app.bsky.graph.follow': 0.04,
};
const WATCHED = Object.keys(USUAL_SHARE);

/** This many in a row don't stay away by chance, however they clump. */
export const ENOUGH_EXPECTED = 100;
/** How many events, and how many of a collection, make its share known. */
export const ENOUGH_EVENTS = 20_000;
const ENOUGH_OF_COLLECTION = 500;
/** What is learnt loses half its weight in this many events: shares follow the network over hours. */
const HALF_LIFE_EVENTS = 1_000_000;

export function createHostHealth(missingForMs: number): HostHealth {
  const collections = WATCHED.map((collection) => ({ ...NOTHING, collection }));
  let learntEvents = 0;
  let [seen, lastHost]: [HealthSample | undefined, string | undefined] = [undefined, undefined];
  const beginAll = (sample: HealthSample): void => {
    seen = sample;
    for (const state of collections) begin(state, sample);
  };
  return {
    restart: (host, sample) => {
      if (host !== lastHost) beginAll(sample);
      lastHost = host;
    },
    silence: (collection, untilMs) => {
      for (const state of collections) if (state.collection === collection) state.silentUntilMs = untilMs;
    },
    sample: (sample) => {
      if (seen === undefined) beginAll(sample);
      const events = sample.events - (seen?.events ?? 0);
      const weight = 0.5 ** (events / HALF_LIFE_EVENTS);
      learntEvents = learntEvents * weight + events;
      for (const state of collections) {
        const count = sample.eventsOf(state.collection);
        state.learnt = state.learnt * weight + count - state.count;
        state.missed += events;
        if (count !== state.count) begin(state, sample);
      }
      seen = sample;
      return collections
        .map((state) => suspicionOf(state, learntEvents, sample))
        .filter((suspicion) => suspicion.missingForMs >= missingForMs && suspicion.expected >= ENOUGH_EXPECTED)
        .toSorted((a, b) => b.expected - a.expected);
    },
  };
}

interface CollectionState {
  readonly collection: string;
  /** Events of it so far. */
  count: number;
  /** Events of it, the older the less. */
  learnt: number;
  /** Events of all kinds since the last of it. */
  missed: number;
  sinceMs: number;
  sinceMicros: number;
  silentUntilMs: number;
}

const NOTHING = { count: 0, learnt: 0, missed: 0, sinceMs: 0, sinceMicros: 0, silentUntilMs: 0 };

/** Nothing of the collection is missing as of now. */
function begin(state: CollectionState, { atMs, micros, eventsOf }: HealthSample): void {
  state.count = eventsOf(state.collection);
  state.missed = 0;
  state.sinceMs = atMs;
  state.sinceMicros = micros;
}

function suspicionOf(state: CollectionState, learntEvents: number, { atMs }: HealthSample): Suspicion {
  const { collection, learnt, missed, sinceMs, sinceMicros, silentUntilMs } = state;
  const isLearnt = learntEvents >= ENOUGH_EVENTS && learnt >= ENOUGH_OF_COLLECTION;
  const share = isLearnt ? learnt / learntEvents : (USUAL_SHARE[collection] ?? 0);
  const expected = atMs < silentUntilMs ? 0 : missed * share;
  return { collection, sinceMicros, missingForMs: atMs - sinceMs, expected, isLearnt };
}
