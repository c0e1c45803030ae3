import type { StreamEvent } from '@updraft/jetstream';
import { eventIdentity } from './tail.ts';

/**
 * Whether a server went back: one that was killed may use sequence numbers again that it had given to other events. Then an event has the
 * number of another one that is known, or the stream begins below the number that it was asked for.
 */
export interface SeqWatch {
  /**
   * A stream of the server opens: from a sequence number on, or otherwise. `known`: events by their numbers there; those of an earlier call
   * stay known until the stream has passed them. `micros`: where the stream was.
   */
  begin(from: number | undefined, known: ReadonlyMap<number, string>, micros: number): void;
  /** A stream of another server opens. */
  forget(): void;
  /** Takes the next event. The time from which on everything has to be read again, when it shows that the server went back. */
  observe(event: StreamEvent): number | undefined;
}

export function createSeqWatch(): SeqWatch {
  let known: ReadonlyMap<number, string> = new Map();
  let highest = -1;
  let sinceMicros = Number.POSITIVE_INFINITY;
  let from: number | undefined;
  const forget = (): void => {
    known = new Map();
    highest = -1;
    sinceMicros = Number.POSITIVE_INFINITY;
    from = undefined;
  };
  return {
    begin: (fromSeq, more, micros) => {
      from = fromSeq;
      known = new Map([...more, ...known]);
      highest = Math.max(-1, ...known.keys());
      sinceMicros = Math.min(sinceMicros, micros);
    },
    forget,
    observe: (event) => {
      const { cursor } = event;
      if (cursor === undefined || (from === undefined && cursor > highest)) {
        if (highest >= 0 && cursor !== undefined) forget(); // everything known is passed
        return undefined;
      }
      const isBelow = from !== undefined && cursor < from;
      from = undefined; // only the first event has to be at the place that was asked for: a host may send some again
      const identity = known.get(cursor);
      if (!isBelow && (identity === undefined || identity === eventIdentity(event))) return undefined;
      const micros = sinceMicros;
      forget();
      return micros;
    },
  };
}
