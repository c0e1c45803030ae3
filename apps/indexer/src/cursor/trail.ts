import { FIRST_TIME_CURSOR, type StreamEvent } from '@updraft/jetstream';
import type { Progress } from '@updraft/store';
import { isSameServer, type LastPosition } from './resume-point.ts';
import { createTail } from './tail.ts';

/** The last events, and the host that sent them: a connection that opens and brings nothing changes no position. */
export interface Trail {
  add(event: StreamEvent, host: string): void;
  /** Where this run is; undefined before its first event. */
  current(): LastPosition | undefined;
  /** Where this run is, or the one before was. */
  last(): LastPosition | undefined;
  /** The known events by their sequence numbers at the last host. Of those of an earlier run only the last one's is known. */
  bySeq(): ReadonlyMap<number, string>;
  /** What comes now is numbered anew. */
  forgetSeqs(): void;
}

export function createTrail(saved: Progress | undefined): Trail {
  const tail = createTail();
  let tailHost = saved?.host ?? '';
  const current = (): LastPosition | undefined => {
    if (tail.count === 0) return undefined;
    const { cursor } = tail;
    const identities = tail.identities();
    return { host: tailHost, identities, micros: tail.micros(), cursor, shownAtMicros: tail.timeUs() };
  };
  return {
    add: (event, host) => {
      if (tailHost !== host && !isSameServer(tailHost, host)) tail.forgetSeqs();
      tailHost = host;
      tail.add(event);
    },
    current,
    last: () => current() ?? (saved && savedPosition(saved)),
    bySeq: () => (tail.count > 0 ? tail.bySeq() : savedSeqs(saved)),
    forgetSeqs: tail.forgetSeqs,
  };
}

function savedPosition({ host, recent, oldestKeptMicros, cursor, lastSeq }: Progress): LastPosition {
  return { host, identities: recent, micros: oldestKeptMicros, cursor, shownAtMicros: lastSeq };
}

function savedSeqs(saved: Progress | undefined): ReadonlyMap<number, string> {
  const identity = saved?.recent.at(-1);
  return new Map(saved?.cursor === undefined || identity === undefined ? [] : [[saved.cursor, identity]]);
}

/** What to save of a position. */
export function progressOf(position: LastPosition, now: Date): Progress {
  const { host, identities, micros, cursor, shownAtMicros } = position;
  return {
    // The median of several events, since a single time_us may be anything; and never what would read as a sequence number.
    lastSeq: Math.max(FIRST_TIME_CURSOR, shownAtMicros),
    ...(cursor !== undefined && { cursor }),
    host,
    oldestKeptMicros: micros,
    recent: identities,
    savedAt: now.toISOString(),
  };
}
