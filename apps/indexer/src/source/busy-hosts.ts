import type { UnavailableError } from '@updraft/jetstream';

/** Which hosts asked to be left alone for a while (`Retry-After`), and how long still. */
export interface BusyHosts {
  /** A host has answered. */
  asked(host: string, error: Pick<UnavailableError, 'retryAfterMs'>): void;
  waitMs(host: string): number;
  /** The first of these that may be asked now, or may be asked soonest. */
  firstFree(hosts: readonly string[]): string;
}

/** `now`: milliseconds on any clock that doesn't jump. */
export function createBusyHosts(now: () => number): BusyHosts {
  const until = new Map<string, number>();
  const waitMs = (host: string): number => Math.ceil(Math.max(0, (until.get(host) ?? 0) - now()));
  return {
    asked: (host, { retryAfterMs = 0 }) => void until.set(host, now() + retryAfterMs),
    waitMs,
    firstFree: (hosts) => hosts.toSorted((a, b) => waitMs(a) - waitMs(b))[0] ?? '',
  };
}
