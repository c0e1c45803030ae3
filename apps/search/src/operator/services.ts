import type { ServicesState } from '@updraft/console-api/views';
import {
  type AnnouncedBuild,
  type Announcement,
  readAnnouncements,
  readRedisState,
  readServerState,
  StoreError,
} from '@updraft/store';
import { isoTime, type OperatorDeps } from './operator-deps.ts';
import { createShared } from './shared.ts';

/** Which processes run, from what they say of themselves, and what the databases say. */
export function createServicesState({ clickhouse, redis, prefix, ttlMs }: OperatorDeps): () => Promise<ServicesState> {
  return createShared(ttlMs, async (nowMs) => {
    const [announced, redisState, server] = await Promise.all([
      readAnnouncements(redis, prefix, nowMs),
      readRedisState(redis),
      readServerState(clickhouse).catch((error: unknown) => {
        if (error instanceof StoreError && error.shouldRetry()) return undefined;
        throw error;
      }),
    ]);
    return {
      updatedAt: isoTime(nowMs),
      services: announced.map(serviceView),
      builds: newestBuilds(announced).map(buildView),
      ...(server !== undefined && { clickhouse: { ...server, usedBytes: Math.max(0, server.usedBytes) } }),
      redis: redisState,
    };
  });
}

function serviceView(announced: Announcement): ServicesState['services'][number] {
  const { name, instance, version, commit, startedAt, seenAt, facts } = announced;
  return { name, instance, version, commit, startedAt: isoTime(startedAt), seenAt: isoTime(seenAt), facts };
}

/** Of each feed the newest that an instance serves, and how long it took where one of them made it. */
export function newestBuilds(announced: readonly Pick<Announcement, 'builds'>[]): AnnouncedBuild[] {
  const newest = new Map<string, AnnouncedBuild>();
  for (const build of announced.flatMap(({ builds }) => builds)) {
    const known = newest.get(build.feed);
    const isSame = known?.builtAt === build.builtAt;
    if (known === undefined || build.builtAt > known.builtAt) newest.set(build.feed, build);
    else if (isSame && known.seconds === undefined) newest.set(build.feed, build);
  }
  return [...newest.values()].toSorted((a, b) => (a.feed < b.feed ? -1 : 1));
}

function buildView({ feed, builtAt, posts, seconds }: AnnouncedBuild): ServicesState['builds'][number] {
  const built = builtAt > 0 ? { builtAt: isoTime(builtAt) } : {};
  return { feed, posts, ...built, ...(seconds !== undefined && { seconds }) };
}
