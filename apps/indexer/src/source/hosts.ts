/** How a connection ended, as far as it tells whether its host is any good. */
export interface ConnectionEnd {
  /** Whether it brought events. */
  readonly delivered: boolean;
  readonly lastedMs: number;
  /** Closed by us for a reason of ours, not of the host's. */
  readonly onPurpose: boolean;
}

/** Which host is read next. */
export interface HostRotation {
  current(): string;
  /** Takes note of an ended connection; `wait`: whether to back off before the next try. */
  ended(end: ConnectionEnd): { readonly wait: boolean };
}

/** A connection that brought events for so long was a good one. */
export const GOOD_CONNECTION_MS = 10_000;

/**
 * A host that served well is tried once more before another: it goes on by sequence number, exactly and without duplicates. One that
 * fails twice in a row, or brings nothing, makes place for the next in the list, round and round. `preferred` comes first.
 */
export function createHostRotation(hosts: readonly string[], preferred?: string): HostRotation {
  let index = Math.max(0, hosts.indexOf(preferred ?? ''));
  let failures = 0;
  return {
    current: () => hosts[index] ?? '',
    ended: ({ delivered, lastedMs, onPurpose }) => {
      if (onPurpose) return { wait: false };
      if (delivered && lastedMs >= GOOD_CONNECTION_MS) {
        failures = 0;
        return { wait: false };
      }
      failures += 1;
      if (!delivered || failures >= 2) {
        index = (index + 1) % hosts.length;
        failures = 0;
      }
      return { wait: true };
    },
  };
}
