import { isDeepStrictEqual } from 'node:util';
import { every, type Logger } from '@updraft/service';
import { type ClickHouse, changeHide, type FeedHide, type HideChange, readHides } from '@updraft/store';
import type { FeedPost } from '../builds/build.ts';
import { oneAndTheNext, oneAtATimeByKey } from '../builds/one-at-a-time.ts';
import type { Bus } from '../bus.ts';

/** What hosts took out of feeds by hand, in memory: read every few seconds, and at once when it changes. */
export interface Hides {
  /** Whether a host took the post or its account out of this feed, or of all. */
  isHidden(post: Pick<FeedPost, 'uri' | 'did'>, alias: string): boolean;
  /** Changes whenever isHidden may answer differently. */
  version(): number;
  /** Those of one feed as the store has them, the latest first. */
  of(alias: string): Promise<FeedHide[]>;
  /** Writes a change, which acts here at once, and tells the other instances. False when there is nothing to change. */
  change(change: HideChange): Promise<boolean>;
  refresh(): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

const INTERVAL_MS = 5_000;
const ALL_FEEDS = '';

export function createHides({ clickhouse, bus, log }: { clickhouse: ClickHouse; bus: Bus; log: Logger }): Hides {
  const onError = (err: unknown) => log.warn({ err }, "hosts' hides could not be read");
  let hides: readonly FeedHide[] = [];
  let subjects: HiddenSubjects = new Map();
  let version = 0;

  /** One at a time: what was read earlier must not replace what was read later. */
  const refresh = oneAndTheNext(async () => {
    const now = await readHides(clickhouse);
    if (isDeepStrictEqual(now, hides)) return;
    hides = now;
    subjects = subjectsOf(now);
    version += 1;
  });

  const write = oneAtATimeByKey(
    ({ feed, subject }: HideChange) => `${feed} ${subject}`,
    (change) => changeHide(clickhouse, change),
  );

  bus.listen((news) => {
    if (news.kind === 'hides' || news.kind === 'erased') refresh().catch(onError);
  });
  return {
    isHidden: (post, alias) => isIn(subjects.get(ALL_FEEDS), post) || isIn(subjects.get(alias), post),
    version: () => version,
    of: async (alias) => (await readHides(clickhouse)).filter(({ feed }) => feed === alias),
    change: async (change) => {
      const isChanged = await write(change);
      await refresh();
      await bus.publish({ kind: 'hides' });
      return isChanged;
    },
    refresh,
    run: (signal) => every(INTERVAL_MS, signal, refresh, onError),
  };
}

/** By feed. */
type HiddenSubjects = ReadonlyMap<string, ReadonlySet<string>>;

function subjectsOf(hides: readonly FeedHide[]): HiddenSubjects {
  const byFeed = Map.groupBy(hides, ({ feed }) => feed);
  return new Map([...byFeed].map(([feed, of]) => [feed, new Set(of.map(({ subject }) => subject))]));
}

function isIn(hidden: ReadonlySet<string> | undefined, { uri, did }: Pick<FeedPost, 'uri' | 'did'>): boolean {
  return hidden !== undefined && (hidden.has(uri) || hidden.has(did));
}
