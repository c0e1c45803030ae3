import type { StreamEvent } from '@updraft/jetstream';

/** Where a stream is in time. It never goes back. */
export interface StreamClock {
  add(event: StreamEvent): void;
  /** What the votes say; undefined before there are enough. */
  micros(): number | undefined;
  /** The latest time of an event; 0 before the first. */
  latest(): number;
}

/** A single event's times may be anything, and after a #sync thousands of one account have one rev: each account has one vote. */
export const CLOCK_VOTES = 15;
/** With fewer accounts the events vote, after so many: in a small network. */
const ENOUGH_EVENTS = 64;

/** An event's time is the earlier one, the sender's or the host's: a fast clock decides nothing. */
export function createStreamClock(): StreamClock {
  const ofAccounts = new Map<string, number>();
  const ofEvents: number[] = [];
  let [events, now, latest] = [0, 0, 0];
  return {
    add: (event) => {
      const sent = event.kind === 'commit' || event.kind === 'sync' ? event.rev.micros : event.timeUs;
      const micros = Math.min(sent, event.timeUs);
      events += 1;
      latest = Math.max(latest, micros);
      ofAccounts.delete(event.did);
      ofAccounts.set(event.did, micros);
      if (ofAccounts.size > CLOCK_VOTES) ofAccounts.delete(ofAccounts.keys().next().value ?? '');
      ofEvents.push(micros);
      if (ofEvents.length > CLOCK_VOTES) ofEvents.shift();
    },
    micros: () => {
      const isSmall = ofAccounts.size < CLOCK_VOTES;
      if (isSmall && events < ENOUGH_EVENTS) return undefined;
      now = Math.max(now, median(isSmall ? ofEvents : [...ofAccounts.values()]));
      return now;
    },
    latest: () => latest,
  };
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}
