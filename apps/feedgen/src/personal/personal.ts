import { createPersonalStore, type FeedsFile, isPersonal, type PersonalLists, withVariants } from '@updraft/feeds';
import { every, type Logger } from '@updraft/service';
import { type ClickHouse, ERASED_INTERVAL_MS, type ErasedAccounts, postLanguages, type Redis } from '@updraft/store';
import type { createBuilding } from '../builds/building.ts';
import type { Bus } from '../bus.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import type { Hides } from '../moderation/hides.ts';
import type { SeenPosts } from '../seen/seen-posts.ts';
import { createBuildMaker, type PersonalLimits, type PersonalQueries } from './build-maker.ts';
import { createFollowing } from './following.ts';
import { createKeptBuilds } from './kept-builds.ts';
import { createPersonalBuilds, PERSONAL_WAITS, type PersonalWaits } from './personal-builds.ts';
import { createPersonalCuts } from './personal-cuts.ts';
import { createPostLanguages } from './post-languages.ts';
import { createViewerLists } from './viewer-lists.ts';
import type { Wishes } from './wishes/wishes.ts';

export interface PersonalOptions {
  file: FeedsFile;
  clickhouse: ClickHouse;
  redis: Redis;
  /** Of the keys in Redis. */
  prefix: string;
  limits: PersonalLimits & { readonly maxBytes: number; readonly maxStoredBytes: number };
  building: Pick<ReturnType<typeof createBuilding>, 'keeping' | 'needAccount' | 'standings' | 'visiblePosts'>;
  /** Of kind `for-you`; absent: its viewers get the fallback. */
  forYou?: PersonalQueries['for-you'];
  /** What explains its posts. */
  coLikers?: PersonalLists['coLikers'];
  wishes: Pick<Wishes, 'lowered'>;
  seen: SeenPosts;
  erased: ErasedAccounts;
  hides: Pick<Hides, 'isHidden'>;
  bus: Bus;
  metrics: FeedgenMetrics;
  log: Logger;
  cutsIntervalMs?: number;
  /** Tests lengthen them. */
  personalWaits?: PersonalWaits;
}

/** Everything about the builds of personal feeds. */
export function createPersonal(options: PersonalOptions) {
  const { clickhouse, erased, building, limits, bus, metrics, log, personalWaits: waits = PERSONAL_WAITS } = options;
  const feeds = withVariants(options.file.feeds.values()).filter(isPersonal);
  const kept = createKeptBuilds(limits);
  const store = createPersonalStore({ ...options, maxBytes: limits.maxStoredBytes });
  const cuts = createPersonalCuts({ ...options, ...building, feeds, all: kept.all, waits });
  const queries = {
    following: createFollowing({ ...building, clickhouse, lowered: options.wishes.lowered }),
    'for-you': options.forYou,
  };
  const maker = createBuildMaker({ ...options, queries });
  const builds = createPersonalBuilds({ maker, kept, store, cuts, erased, metrics, log, waits });
  const languages = createPostLanguages({
    read: (uris) => postLanguages(clickhouse, uris),
    onError: (err) => log.warn({ err }, "posts' languages could not be read"),
    waits,
  });
  const forget = createForgetting({ feeds, kept, store, erased });
  const onError = (err: unknown) => log.warn({ err }, 'erased accounts could not be read');
  bus.listen((news) => {
    if (news.kind === 'erased') forget().catch(onError);
    if (news.kind === 'filled') builds.renew(news.did);
  });
  return {
    builds,
    languages,
    lists: createViewerLists({ ...options, kept, builds, maker }),
    counts: () => ({ ...maker.counts(), kept: kept.count() }),
    refresh: erased.refresh,
    run: async (signal: AbortSignal) => {
      if (feeds.length === 0) return;
      await Promise.all([cuts.run(signal), every(ERASED_INTERVAL_MS, signal, forget, onError)]);
      await builds.settled();
    },
  };
}

interface ForgettingDeps {
  feeds: readonly { readonly alias: string }[];
  kept: ReturnType<typeof createKeptBuilds>;
  store: ReturnType<typeof createPersonalStore>;
  erased: ErasedAccounts;
}

/** Removes what is kept of accounts that were erased. A viewer whose builds are in Redis only is removed there by `pnpm admin erase`. */
function createForgetting({ feeds, kept, store, erased }: ForgettingDeps): () => Promise<void> {
  const aliases = feeds.map(({ alias }) => alias);
  return async () => {
    await erased.refresh();
    const gone = [...kept.viewers()].filter(erased.has);
    for (const viewerDid of gone) kept.remove(viewerDid);
    await Promise.all(gone.map((viewerDid) => store.remove(aliases, viewerDid)));
  };
}
