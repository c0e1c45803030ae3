import { type FeedsFile, memberIntakes } from '@updraft/feeds';
import type { HttpServer, Logger } from '@updraft/service';
import { announce, type ClickHouse, createErasedAccounts, type Redis } from '@updraft/store';
import { createAnalytics } from './analytics/analytics.ts';
import type { Builder } from './builds/builder.ts';
import { createBuilding } from './builds/building.ts';
import { createBus } from './bus.ts';
import type { FeedgenConfig } from './config.ts';
import { createFeedgenConsole } from './console.ts';
import { createExplaining } from './explaining.ts';
import { createForYou } from './for-you/for-you.ts';
import { keepGauges } from './gauges.ts';
import { createApp } from './http/app.ts';
import type { FeedgenContext } from './http/context.ts';
import { createIdentity } from './identity.ts';
import { createKeyRing } from './keys/key-ring.ts';
import { createMemberReader } from './members/intake/member-reader.ts';
import { createMembership } from './members/membership.ts';
import { createFeedgenMetrics } from './metrics.ts';
import { createHides } from './moderation/hides.ts';
import { createPersonal } from './personal/personal.ts';
import type { PersonalWaits } from './personal/personal-builds.ts';
import { createWishes } from './personal/wishes/wishes.ts';
import { createPreview } from './previews/preview.ts';
import { createFeedRegistry } from './saved-settings/feed-registry.ts';
import { createSeenPosts, type SeenPostsOptions } from './seen/create-seen-posts.ts';
import { createDocuments } from './syndication/documents.ts';
import { createTelling } from './telling.ts';

type SeenTiming = Pick<SeenPostsOptions, 'now' | 'waitMs'>;
const SEEN_TIMING: SeenTiming = { now: Date.now, waitMs: 300 };

/** What the feed generator is made of. */
export interface FeedgenDeps {
  config: FeedgenConfig;
  file: FeedsFile;
  clickhouse: ClickHouse;
  redis: Redis;
  /** A connection of its own for listening. */
  subscriber: Redis;
  log: Logger;
  /** How often live builds are checked for posts that went; tests shorten it. */
  cutsIntervalMs?: number;
  /** How often the sources of members are read; tests shorten it. */
  memberIntervalMs?: number;
  /** Of seen posts: the clock by which their days go, and how long a reader waits for Redis. Tests change them. */
  seen?: Partial<SeenTiming>;
  /** How long pages wait for viewers' builds; tests lengthen it. */
  personalWaits?: PersonalWaits;
}

export interface Feedgen {
  readonly app: HttpServer;
  readonly context: FeedgenContext;
  /** By alias. */
  readonly builders: ReadonlyMap<string, Builder>;
  /** Loads what is there, then runs the background work until the signal aborts. Resolves with the promise of its end. */
  start(signal: AbortSignal): Promise<{ ended: Promise<void> }>;
  /** Call after the end of the background work. */
  close(): Promise<void>;
}

/** Puts the parts together; opens and starts nothing but the signature threads. */
export function createFeedgen(deps: FeedgenDeps): Feedgen {
  const { context: parts, bus, building, personal, forYou, memberReader } = createParts(deps);
  const console = createFeedgenConsole(deps, parts.identity);
  const context = { ...parts, signIn: console?.signIn };
  const { live, membership, registry, hides, keys, analytics, identity } = context;
  keepGauges(context, personal.counts);
  const about = { redis: deps.redis, prefix: deps.config.redis.prefix, name: 'feedgen', log: deps.log } as const;
  const telling = createTelling(context, building.builders, personal.counts);
  return {
    app: createApp(context, deps.config, console),
    context,
    builders: building.builders,
    start: async (signal) => {
      bus.start();
      // The service starts even when something can't be read now: each part reads again as soon as it runs, and logs failures.
      await Promise.allSettled(
        [registry, live, membership, hides, keys, personal, analytics].map((part) => part.refresh()),
      );
      const background = [building, registry, membership, hides, keys, personal, forYou, analytics, memberReader].map(
        (part) => part.run(signal),
      );
      const ended = Promise.all([...background, announce({ ...about, tell: telling }, signal)]);
      return { ended: ended.then(() => {}) };
    },
    close: async () => {
      bus.close();
      await Promise.all([identity.close(), building.close()]);
    },
  };
}

function createParts(given: FeedgenDeps) {
  const { bus, registry, deps } = createPresentFeeds(given);
  const { config, file, log } = deps;
  const { service } = config;
  const { prefix } = config.redis;
  const metrics = createFeedgenMetrics();
  const membership = createMembership({ ...deps, bus });
  const keys = createKeyRing({ ...deps, bus });
  const hides = createHides({ ...deps, bus });
  const intakes = memberIntakes(file.feeds, service.actorDid);
  const memberReader = createMemberReader({ ...deps, prefix, intakes, membership, metrics });
  const building = createBuilding({ ...deps, prefix, bus, registry, membership, metrics });
  const { live, cuts, areValid, standings } = building;
  const erased = createErasedAccounts(deps.clickhouse);
  const analytics = createAnalytics({ ...deps, prefix, aliases: [...file.feeds.keys()], erased, bus, metrics });
  const identity = createIdentity({ ...deps, metrics });
  const documents = createDocuments({ ...deps, service });
  const { seenDays: days, seenMaxBytes: maxBytes } = config;
  const timing = { ...SEEN_TIMING, ...deps.seen };
  const seen = createSeenPosts({ ...deps, ...timing, prefix, days, maxBytes, erased, metrics });
  const wishes = createWishes(deps.clickhouse);
  const graph = { connection: config.clickhouse, maxLikes: config.maxGraphLikes };
  const forYou = createForYou({ ...deps, ...graph, keeping: building.keeping, wishes, metrics });
  const { query, coLikers, graphState } = forYou;
  const personalDeps = { building, forYou: query, coLikers, wishes, seen, erased, hides, bus, metrics };
  const personal = createPersonal({ ...deps, prefix, limits: config.personal, ...personalDeps });
  const explaining = { context: { live, cuts, hides, membership }, areValid, standings, personal: personal.lists };
  const explain = createExplaining({ ...deps, ...explaining });
  const preview = createPreview({ ...deps, live, hides, areValid });
  const posts = { file, registry, live, cuts, hides, explain, preview, documents };
  const readers = { personal: personal.builds, languages: personal.languages, graphState, seen, analytics };
  const people = { membership, intakes, keys, identity };
  const context = { service, clickhouse: deps.clickhouse, ...posts, ...readers, ...people, metrics, log };
  return { context, bus, building, personal, forYou, memberReader };
}

/** All else asks for the feeds as hosts have changed them. */
function createPresentFeeds(given: FeedgenDeps) {
  const { prefix } = given.config.redis;
  const bus = createBus({ ...given, prefix });
  const registry = createFeedRegistry({ ...given, prefix, bus });
  return { bus, registry, deps: { ...given, file: registry.file } };
}
