/** How far the inner time of an event may be ahead of its host's `time_us`: clocks and hosts differ by seconds. */
export const CLOCK_TOLERANCE_MICROS = 60_000_000;

/** Earlier than any event of the network: a smaller `time_us` is not a time. */
const FIRST_MICROS = Date.UTC(2022, 10, 1) * 1000;

/**
 * The time, in microseconds since 1970, that orders an identity or account event among those of its account: its inner time, which is
 * the same at every host. An inner time that is ahead of the host's is a clock error of the account's server: no event is sent before
 * it happened. Then the host's time counts. Otherwise one event of a fast clock would be the account's last until that time has come, even
 * after the account moved to another server.
 *
 * Exact, whatever is replayed from any host: events of right clocks; those of a fast clock from one host, or from several while the
 * account's next event is later than each of them shows the first; a host whose `time_us` is far in the past (an import) beside one
 * whose isn't. Not exact: a host that shows a fast clock's event so late that its inner time has come by then, or an account whose next
 * event follows within the seconds by which hosts differ. An import alone whose `time_us` is far in the past orders by that.
 */
export function orderMicros({
  eventMicros,
  timeUs,
}: {
  readonly eventMicros: number;
  readonly timeUs: number;
}): number {
  return isClockError({ eventMicros, timeUs }) ? timeUs : eventMicros;
}

/** Whether the event's inner time is one that its host had not reached. */
export function isClockError({
  eventMicros,
  timeUs,
}: {
  readonly eventMicros: number;
  readonly timeUs: number;
}): boolean {
  return timeUs >= FIRST_MICROS && eventMicros > timeUs + CLOCK_TOLERANCE_MICROS;
}
