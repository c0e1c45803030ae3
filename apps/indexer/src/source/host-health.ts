/**
 * Whether a host brings everything. A partially blind one leaves whole collections out while the rest flows, which silence doesn't show. So
 * the share of each watched collection is learnt, and one of which nothing at all has come, for a while and while so many other events came
 * that dozens of it were due, is suspected. One event of it ends the suspicion: nights, bursts and slow streams raise none. Whether the host
 * or the network is to blame another host has to say; see `second-look.ts`.
 */
export interface HostHealth {
  /** Takes the counts as they are now; gives the collections that are suspected, the most certain first. */
  sample(sample: HealthSample): Suspicion[];
  /**
   * A connection begins. At another host than the last one what is missing counts from here, and what was learnt stays; at the same one all goes
   * on: a host that hangs up now and then, or comes again since no other could be read, still left out what it left out.
   */
  restart(host: string, sample: HealthSample): void;
  /** It was looked into: silent about this collection until then. */
  silence(collection: string, untilMs: number): void;
}

export interface HealthSample {
  /** Milliseconds on a clock that doesn't jump. */
  readonly atMs: number;
  /** Where the stream stands, in microseconds on its senders' clocks. */
  readonly micros: number;
  /** Events ever: in all, and of a collection. */
  readonly events: number;
  readonly eventsOf: (collection: string) => number;
}

export interface Suspicion {
  readonly collection: string;
  /** Where the stream stood when it last brought one. */
  readonly sinceMicros: number;
  readonly missingForMs: number;
  /** How many were due. */
  readonly expected: number;
  /** The stream itself has brought the collection before, in such numbers that the share is known; else the network's usual one is meant. */
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

/** By chance alone so many don't stay away in a row, however they clump. */
export const ENOUGH_EXPECTED = 100;
/** How many events, and how many of a collection, make its share known. */
export const ENOUGH_EVENTS = 20_000;
const ENOUGH_OF_COLLECTION = 500;
/** What is learnt loses half its weight with so many events: shares follow the network over hours. */
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
  /** Events of it ever. */
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

/** Nothing of it is missing as of now. */
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
