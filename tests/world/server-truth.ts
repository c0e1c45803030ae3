import { createGroundTruth, type GroundTruth } from '@updraft/simulator';

/**
 * The truth by seq, as a server of v2 folds its events, and the accounts of which it is not the truth: the last `#sync` came from a retry
 * whose head was older than commits before it, so that the server forgot what the account has.
 */
export interface ServerTruth {
  /** Takes the world's events in their order, which is that of each account at every host. */
  add(line: string, nth: number): void;
  readonly retried: ReadonlySet<string>;
  /** Records of which this truth and the one by rev don't say the same, those of retried accounts apart. */
  differsFrom(byRev: GroundTruth): string[];
}

export function createServerTruth(): ServerTruth {
  const bySeq = createGroundTruth();
  const newest = new Map<string, bigint>();
  const retried = new Set<string>();
  let seq = 0;
  return {
    retried,
    add(line, nth) {
      const frame = bySeq.add(line, nth, ++seq);
      if (frame.is !== 'commit' && frame.is !== 'sync') return;
      const rev = (frame.rev.micros << 10n) | frame.rev.clockId;
      const before = newest.get(frame.did) ?? 0n;
      if (rev > before) newest.set(frame.did, rev);
      if (frame.is === 'sync' && rev < before) retried.add(frame.did);
      else if (frame.is === 'sync') retried.delete(frame.did);
    },
    differsFrom(byRev) {
      const [seen, expected] = [shownBy(byRev), shownBy(bySeq)];
      return [...new Set([...seen.keys(), ...expected.keys()])].filter(
        (uri) => !retried.has(uri.split('/')[2] ?? '') && seen.get(uri) !== expected.get(uri),
      );
    },
  };
}

function shownBy(truth: GroundTruth): Map<string, bigint> {
  const shown = [...truth.records].filter(([, record]) => truth.shows(record));
  return new Map(shown.map(([uri, { version }]) => [uri, version]));
}
