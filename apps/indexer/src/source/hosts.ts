/** How a connection ended, as far as it tells whether its host is any good. */
export interface ConnectionEnd {
  /** Whether it brought events. */
  readonly delivered: boolean;
  readonly lastedMs: number;
  /**
   * - paused: by us, since the writer is behind.
   * - too_large: by us, at a frame above the limit, of which the host was not told.
   * - unfit: by us, since the host does not do what it should: another one may.
   * - ended: whatever else.
   */
  readonly kind: 'paused' | 'too_large' | 'unfit' | 'ended';
}

/** Which host is read next. */
export interface HostRotation {
  current(): string;
  /** The next one is `host`. */
  prefer(host: string): void;
  /** Takes note of an ended connection; `wait`: whether to back off before the next try; `good`: the backoff may begin anew. */
  ended(end: ConnectionEnd): { readonly wait: boolean; readonly good: boolean };
}

/** A connection that brought events for so long was a good one. */
export const GOOD_CONNECTION_MS = 10_000;

/**
 * A host that served well is tried once more before another: it goes on by sequence number, exactly and without duplicates. One that
 * fails twice in a row, or brings nothing, makes place for the next in the list, round and round. `preferred` comes first.
 *
 * Every end but two is followed by a wait, so that no host can make us come again and again: the end of a good connection, which lasted
 * at least GOOD_CONNECTION_MS; and the first frame that is too large since then. A pause lasts longer than a wait would.
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
      const good = delivered && lastedMs >= GOOD_CONNECTION_MS;
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
