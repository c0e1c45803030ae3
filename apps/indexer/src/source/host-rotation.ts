/** How a connection ended, as far as it matters to the choice of the next host. */
export interface ConnectionEnd {
  /** Whether events came. */
  readonly delivered: boolean;
  readonly lastedMs: number;
  /**
   * - paused: by us, because the writer is behind.
   * - too_large: by us, at a frame above a limit that the host was not told.
   * - unfit: by us, because the host does not do what it should, and another one may.
   * - refused: by the host, which had something to say against us.
   * - ended: anything else.
   */
  readonly kind: 'paused' | 'too_large' | 'unfit' | 'refused' | 'ended';
}

/** Which host is read next. */
export interface HostRotation {
  current(): string;
  /** The next one is `host`. */
  prefer(host: string): void;
  /** A connection has ended. `wait`: back off before the next try; `good`: the backoff may begin anew. */
  ended(end: ConnectionEnd): { readonly wait: boolean; readonly good: boolean };
}

/** A connection that brought events for at least this long was a good one. */
export const GOOD_CONNECTION_MS = 10_000;

/**
 * A host that served well is tried once more before another: it resumes by sequence number, exactly and without duplicates. After one that
 * fails twice in a row, or brings nothing, comes the next in the list, round and round. `preferred` comes first.
 *
 * No host can make us reconnect again and again without a wait. There is none after a good connection, nor after the first frame since then
 * that is too large. A pause has none either: it lasts longer than a wait would.
 */
export function createHostRotation(hosts: readonly string[], preferred?: string): HostRotation {
  let index = Math.max(0, hosts.indexOf(preferred ?? ''));
  let failures = 0;
  let tooLarge = 0;
  const goToNext = (): void => {
    index = (index + 1) % hosts.length;
    failures = 0;
  };
  return {
    current: () => hosts[index] ?? '',
    prefer: (host) => {
      index = Math.max(0, hosts.indexOf(host));
      failures = 0;
    },
    ended: ({ kind, delivered, lastedMs }) => {
      if (kind === 'paused') return { wait: false, good: false };
      if (kind === 'unfit') {
        goToNext();
        return { wait: true, good: false };
      }
      const good = kind !== 'refused' && delivered && lastedMs >= GOOD_CONNECTION_MS;
      if (good) failures = tooLarge = 0;
      if (kind === 'too_large') {
        tooLarge += 1;
        return { wait: tooLarge > 1, good };
      }
      if (good) return { wait: false, good };
      failures += 1;
      if (!delivered || failures >= 2) goToNext();
      return { wait: true, good };
    },
  };
}
