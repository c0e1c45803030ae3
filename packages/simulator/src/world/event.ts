/** One event of the world, without what each host adds: `time_us` and `cursor`. */
export interface WorldEvent {
  readonly did: string;
  /** Microseconds since 1970 as the first host shows them: near the order of the stream, with inversions. */
  readonly timeUs: number;
  /** The event's JSON after `time_us`, beginning with a comma; '' when `raw` is the whole frame. */
  readonly tail: string;
  /** A whole frame, the same on every host, that no healthy server sends. */
  readonly raw: string | undefined;
  /** Its place, from 0, among the operations of its commit that are sent: the protocol's order, which no frame tells. */
  readonly nth: number;
  /** A `#sync`, one of the creates that replace a diverged repository after it, or a part of a bootstrap: v1 hides them. */
  readonly only?: 'v2';
  /** A record that a server found when it started, see `bootstrap()`. */
  readonly isBootstrap?: true;
  /** A hostile event: a server that checks what it stores may leave it out. */
  readonly isStrange?: true;
}

/** The event's text as a host sends it. */
export function eventLine(event: WorldEvent, timeUs: number = event.timeUs, cursor?: number): string {
  if (event.raw !== undefined) return event.raw;
  const sequence = cursor === undefined ? '' : `,"cursor":${cursor}`;
  return `{"did":"${event.did}","time_us":${timeUs}${sequence}${event.tail}`;
}
