/** One event of the world, apart from what each host adds of its own: `time_us` and `cursor`. */
export interface WorldEvent {
  readonly did: string;
  /** Microseconds since 1970 as the first host shows them: near the order of the stream, with inversions. */
  readonly timeUs: number;
  /** The event's JSON from behind `time_us` to its end, beginning with a comma; '' when `raw` is the whole frame. */
  readonly tail: string;
  /** A frame that is the same on every host, whatever it is: no event of a healthy server. */
  readonly raw: string | undefined;
  /** Its place in its commit, from 0, as far as the commit is sent: the protocol's order, which no frame tells. */
  readonly nth: number;
}

/** The event's text as a host sends it. */
export function eventLine(event: WorldEvent, timeUs: number = event.timeUs, cursor?: number): string {
  if (event.raw !== undefined) return event.raw;
  const sequence = cursor === undefined ? '' : `,"cursor":${cursor}`;
  return `{"did":"${event.did}","time_us":${timeUs}${sequence}${event.tail}`;
}
