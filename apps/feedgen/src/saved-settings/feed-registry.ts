import { isDeepStrictEqual } from 'node:util';
import { type Feed, type FeedsFile, layOver, parseSavedSettings, type SavedSettings } from '@updraft/feeds';
import { every, type Logger } from '@updraft/service';
import {
  type ClickHouse,
  changeFeedSettings,
  createLeases,
  type FeedSettingsRow,
  type Redis,
  readFeedSettings,
  type SettingsChange,
} from '@updraft/store';
import { oneAndTheNext } from '../builds/one-at-a-time.ts';
import type { Bus } from '../bus.ts';

/** What is saved of a feed beside the feeds file. */
export interface SavedFeed {
  readonly settings: SavedSettings;
  readonly changedBy: string;
  /** Microseconds since 1970 of the last change; 0 before the first. */
  readonly version: number;
  /** Why the settings are set aside, and the feeds file's hold. */
  readonly fault: string | undefined;
}

/** The feeds as they are now: those of the feeds file, with what hosts changed laid over them. */
export interface FeedRegistry {
  /** As the feeds file, but `feeds` follows what hosts save: ask it anew for each use of a setting that they may change. */
  readonly file: FeedsFile;
  /** Whether the store was read: until then the feeds file's settings stand, and may not be what hosts saved. */
  isRead(): boolean;
  /** Undefined until the store was read. */
  saved(alias: string): SavedFeed | undefined;
  /** Why saved settings are set aside, by feed. */
  faults(): ReadonlyMap<string, string>;
  /** Writes a change, which acts here at once, and tells the other instances. `stale`: somebody changed the feed since; `busy`: is changing it. */
  change(change: SettingsChange): Promise<'saved' | 'stale' | 'busy'>;
  onChange(listener: (feed: Feed) => void): void;
  refresh(): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

export interface FeedRegistryOptions {
  file: FeedsFile;
  clickhouse: ClickHouse;
  redis: Redis;
  /** Of the keys in Redis. */
  prefix: string;
  bus: Bus;
  log: Logger;
}

const INTERVAL_MS = 5_000;
/** Longer than a change takes. */
const LEASE_MS = 30_000;

export function createFeedRegistry(options: FeedRegistryOptions): FeedRegistry {
  const { file: declared, clickhouse, bus, log } = options;
  const onError = (err: unknown) => log.warn({ err }, 'saved settings of feeds could not be read');
  const present = createPresent(declared, log);
  const listeners: ((feed: Feed) => void)[] = [];
  let rows: readonly FeedSettingsRow[] | undefined;

  /** One at a time: what was read earlier must not replace what was read later. */
  const refresh = oneAndTheNext(async () => {
    const now = await readFeedSettings(clickhouse);
    if (isDeepStrictEqual(now, rows)) return;
    const changed = present.take(now);
    rows = now;
    for (const feed of changed) for (const listener of listeners) listener(feed);
  });
  const write = createWriter(options);

  bus.listen((news) => {
    if (news.kind === 'settings') refresh().catch(onError);
  });
  return {
    file: { ...declared, feeds: present.feeds },
    isRead: () => rows !== undefined,
    saved: (alias) => rows && savedIn(rows, alias, present.faults().get(alias)),
    faults: present.faults,
    change: async (change) => {
      const outcome = await write(change);
      await refresh();
      if (outcome === 'saved') await bus.publish({ kind: 'settings' });
      return outcome;
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
    refresh,
    run: (signal) => every(INTERVAL_MS, signal, refresh, onError),
  };
}

/** The feeds as they are now, in a map that stays the same. */
function createPresent(declared: FeedsFile, log: Logger) {
  const feeds = new Map(declared.feeds);
  let faults: ReadonlyMap<string, string> = new Map();
  return {
    feeds,
    faults: () => faults,
    /** Lays what is stored over the file. Gives the feeds that are others by it. */
    take: (rows: readonly FeedSettingsRow[]): Feed[] => {
      const laid = layOver(declared, new Map(rows.map(({ feed, settings }) => [feed, parseSavedSettings(settings)])));
      warnOfNew(laid.faults, faults, log);
      faults = laid.faults;
      const changed = [...laid.feeds.values()].filter((feed) => !isDeepStrictEqual(feed, feeds.get(feed.alias)));
      for (const feed of changed) feeds.set(feed.alias, feed);
      return changed;
    },
  };
}

/** Under a lease, so that of two hosts who save at once one hears of it, whatever instance each of them asks. */
function createWriter({ clickhouse, redis, prefix }: FeedRegistryOptions) {
  const leases = createLeases({
    redis,
    prefix: `${prefix}:settings:`,
    ttlMs: LEASE_MS,
    fences: 'count',
    whenUnreachable: 'lose',
  });
  return async (change: SettingsChange) => {
    const lease = await leases.acquire(change.feed);
    if (lease === undefined) return 'busy';
    try {
      return (await changeFeedSettings(clickhouse, change)) ? 'saved' : 'stale';
    } finally {
      await lease.release();
    }
  };
}

function savedIn(rows: readonly FeedSettingsRow[], alias: string, fault: string | undefined): SavedFeed {
  const row = rows.find(({ feed }) => feed === alias);
  const settings = parseSavedSettings(row?.settings ?? '') ?? {};
  return { settings, changedBy: row?.changedBy ?? '', version: row?.version ?? 0, fault };
}

function warnOfNew(faults: ReadonlyMap<string, string>, known: ReadonlyMap<string, string>, log: Logger): void {
  for (const [feed, fault] of faults)
    if (known.get(feed) !== fault)
      log.warn({ feed, fault }, 'saved settings of a feed are set aside: they do not fit the feeds file, which holds');
}
