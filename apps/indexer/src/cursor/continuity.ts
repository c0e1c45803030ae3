/**
 * Whether a resumed stream continues where the last one ended. The identities of the last events before the break are kept;
 * the resumed stream must bring one of them again. Distances in time_us prove nothing: hosts differ, and events out of order and imports are
 * normal. That none was met is certain only when the stream has demonstrably passed the position:
 * - resumed by sequence number at the same host: its numbers have passed the last known one, and most accounts' revs the known time;
 * - resumed by time: most accounts' revs have passed the known time by a margin.
 * Each account has one vote, its latest rev, so that a burst of an account with a wrong clock decides nothing.
 */

/** Where the stream was when it broke. */
export interface KnownPosition {
  /** Identities of the last events; empty when only the time is known (from the progress of another program, say). */
  readonly identities: readonly string[];
  /** Rev time of those events, in microseconds: the lower quartile over their accounts. */
  readonly micros: number;
  /** Sequence number of the last event, when the same host is asked by sequence number; else undefined. */
  readonly cursor: number | undefined;
}

/** waiting: not decided yet. met: nothing is missing. passed: the stream is past the known position and met none of its events; `toMicros` is where the stream is now. */
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
/** With fewer accounts this many events decide: in a quiet or tiny network. */
export const ENOUGH_EVENTS = 512;
/** Events arrive late by seconds: how far most revs must be past the known time. */
export const MARGIN_MICROS = 30_000_000;
/** Votes are counted once in this many events. */
const COUNT_EVERY = 8;

const WAITING: Continuity = { state: 'waiting' };
const MET: Continuity = { state: 'met' };

/** Begins a check at a resume. */
export function createContinuityCheck(known: KnownPosition): ContinuityCheck {
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
      if (votes.count() < VOTING_ACCOUNTS && events < ENOUGH_EVENTS) return WAITING;
      const micros = votes.lowerQuartile();
      if (isPast(micros)) return { state: 'passed', toMicros: micros };
      // Without identities to meet it is enough that the stream began before the position.
      return unmet.size === 0 ? MET : WAITING;
    },
  };
}

/** The latest time of each of the last `limit` accounts. An account with a wrong clock has one vote. */
export function createVotes(limit: number) {
  const latest = new Map<string, number>();
  return {
    count: (): number => latest.size,
    cast: (did: string, micros: number): void => {
      latest.delete(did);
      latest.set(did, micros);
      if (latest.size > limit) latest.delete(latest.keys().next().value ?? '');
    },
    /** NaN without votes. */
    lowerQuartile: (): number => lowerQuartile([...latest.values()]),
  };
}

/** The value that a quarter of the values do not exceed. NaN for none. */
export function lowerQuartile(values: readonly number[]): number {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.floor((sorted.length - 1) / 4)] ?? Number.NaN;
}
