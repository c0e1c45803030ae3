import { every, type Logger } from '@updraft/service';
import { type ClickHouse, changeHide, type FeedHide, type HideChange, readHides } from '@updraft/store';
import type { FeedPost } from '../builds/build.ts';
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
  let subjects: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  let state = '';
  let version = 0;
  let reads = 0;
  let lastRead = 0;

  async function refresh(): Promise<void> {
    reads += 1;
    const read = reads;
    const hides = await readHides(clickhouse);
    if (read < lastRead) return; // a later one was quicker
    lastRead = read;
    const now = JSON.stringify(hides);
    if (now === state) return;
    state = now;
    version += 1;
    const byFeed = Map.groupBy(hides, ({ feed }) => feed);
    subjects = new Map([...byFeed].map(([feed, of]) => [feed, new Set(of.map(({ subject }) => subject))]));
  }

  const isIn = (feed: string, { uri, did }: Pick<FeedPost, 'uri' | 'did'>): boolean => {
    const hidden = subjects.get(feed);
    return hidden !== undefined && (hidden.has(uri) || hidden.has(did));
  };
  bus.listen((news) => {
    if (news.kind === 'hides' || news.kind === 'erased') refresh().catch(onError);
  });
  return {
    isHidden: (post, alias) => isIn(ALL_FEEDS, post) || isIn(alias, post),
    version: () => version,
    of: async (alias) => (await readHides(clickhouse)).filter(({ feed }) => feed === alias),
    change: async (change) => {
      const isChanged = await changeHide(clickhouse, change);
      await refresh();
      await bus.publish({ kind: 'hides' });
      return isChanged;
    },
    refresh,
    run: (signal) => every(INTERVAL_MS, signal, refresh, onError),
  };
}
