import type { CommandIo } from '@updraft/command';
import { eraseSessions } from '@updraft/console-api/erase-sessions';
import {
  createBuildStore,
  createPersonalStore,
  eraseSeen,
  type News,
  publishNews,
  removePersonalBuilds,
  type StoredBuild,
  type StoredPersonalBuild,
} from '@updraft/feeds';
import { type ClickHouse, createClickHouse, createRedis, readCommandStores } from '@updraft/store';

/** The stores that a command works on. */
export interface AdminStores extends AsyncDisposable {
  readonly clickhouse: ClickHouse;
  /** What feed generators serve. */
  readonly builds: {
    current(alias: string): Promise<StoredBuild | undefined>;
    /** A viewer's latest build of a personal feed. */
    ofViewer(alias: string, viewerDid: string): Promise<StoredPersonalBuild | undefined>;
  };
  /** Tells the running feed generators what has changed. Without Redis they see it within seconds, and a note says so. */
  tell(news: News): Promise<void>;
  /** Removes what Redis keeps of these accounts: what they have seen, their builds, and their sessions of the console. Rejects when Redis can't be reached. */
  forgetViewers(dids: readonly string[]): Promise<void>;
}

/** Opens the stores that the environment names, as a service would. */
export function openStores({ env, note }: CommandIo): AdminStores {
  const stores = readCommandStores(env);
  const clickhouse = createClickHouse(stores.clickhouse);
  const { address, password, prefix } = stores.redis;
  const redis = createRedis({ address, password });
  const builds = {
    current: createBuildStore({ redis, prefix }).current,
    ofViewer: createPersonalStore({ redis, prefix, maxBytes: 0 }).load, // commands keep none,
  };
  return {
    clickhouse,
    builds,
    tell: (news) =>
      publishNews(redis, prefix, news).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        note(`${reason}: the running feed generators see this change by themselves within seconds`);
      }),
    forgetViewers: async (dids) => {
      await eraseSeen(redis, prefix, dids);
      await removePersonalBuilds(redis, prefix, dids);
      await eraseSessions(redis, prefix, dids);
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await clickhouse.close();
    },
  };
}
