/**
 * Whether a resumed stream goes on where the last one ended. The identities of the last events before the break are kept;
 * the resumed stream must bring one of them again. Distances in time_us prove nothing: hosts differ, inversions and imports are
 * normal. So "not met" is certain only when the stream has demonstrably passed the place:
 * - resumed by sequence number at the same host: its numbers have passed the last known one, and most accounts' revs the known time;
 * - resumed by time: most accounts' revs have passed the known time by a margin.
 * One account has one vote, its latest rev, so that a burst of an account with a wrong clock decides nothing.
 */

/** Where the stream stood when it broke. */
export interface KnownPlace {
  /** Identities of the last events; empty when only the time is known (the progress of another program, say). */
  readonly identities: readonly string[];
  /** Rev time of those events, in microseconds: the lower quartile over their accounts. */
  readonly micros: number;
  /** Sequence number of the last event, when the same host is asked by sequence number; else undefined. */
  readonly cursor: number | undefined;
}

/** waiting: not decided yet. met: nothing is missing. passed: the known place went by unseen, `toMicros` is where the stream is now. */
export type Continuity =
  | { readonly state: 'waiting' }
  | { readonly state: 'met' }
  | { readonly state: 'passed'; readonly toMicros: number };

export interface ContinuityCheck {
  /** Takes the next event of the resumed stream. After anything but `waiting` the check is over. */
  observe(event: ObservedEvent): Continuity;
}

export interface ObservedEvent {
  readonly did: string;
  /** Rev time, or the inner time of an identity or account event, in microseconds. */
  readonly micros: number;
  readonly cursor: number | undefined;
  readonly identity: string;
}

/** Accounts whose votes decide. */
export const VOTING_ACCOUNTS = 32;
/** With fewer accounts than that, so many events do: a quiet or tiny network. */
export const ENOUGH_EVENTS = 512;
/** Events arrive late by seconds: how far most revs must be past the known time. */
export const MARGIN_MICROS = 30_000_000;
/** Votes are counted after every so many events. */
const COUNT_EVERY = 8;

const WAITING: Continuity = { state: 'waiting' };
const MET: Continuity = { state: 'met' };

/** Begins a check at a resume. */
export function createContinuityCheck(known: KnownPlace): ContinuityCheck {
  const unmet = new Set(known.identities);
  const votes = createVotes(VOTING_ACCOUNTS);
  let events = 0;
  let highestCursor = -1;

  const isPast = (micros: number): boolean => {
    const byNumber = known.cursor !== undefined && highestCursor > known.cursor;
    return micros > known.micros + (byNumber ? 0 : MARGIN_MICROS);
  };
  return {
    observe: (event) => {
      if (unmet.has(event.identity)) return MET;
      events += 1;
      if (event.cursor !== undefined && event.cursor > highestCursor) highestCursor = event.cursor;
      votes.cast(event.did, event.micros);
      if (events % COUNT_EVERY !== 0) return WAITING;
      if (votes.count < VOTING_ACCOUNTS && events < ENOUGH_EVENTS) return WAITING;
      const micros = votes.lowerQuartile();
      if (isPast(micros)) return { state: 'passed', toMicros: micros };
      // Without identities to meet it is enough that the stream began before the place.
      return unmet.size === 0 ? MET : WAITING;
    },
  };
}

export interface Votes {
  readonly count: number;
  cast(did: string, micros: number): void;
  /** A quarter of the accounts are at or below it. NaN without votes. */
  lowerQuartile(): number;
}

/** The latest time of each of the last `limit` accounts. */
export function createVotes(limit: number): Votes {
  const latest = new Map<string, number>();
  return {
    get count() {
      return latest.size;
    },
    cast: (did, micros) => {
      latest.delete(did);
      latest.set(did, micros);
      if (latest.size > limit) {
        for (const oldest of latest.keys()) {
          latest.delete(oldest);
          break;
        }
      }
    },
    lowerQuartile: () => lowerQuartile([...latest.values()]),
  };
}

/** The value that a quarter of the values do not exceed. NaN for none. */
export function lowerQuartile(values: readonly number[]): number {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.floor((sorted.length - 1) / 4)] ?? Number.NaN;
}
