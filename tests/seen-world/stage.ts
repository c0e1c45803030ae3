import { type Account, startDirectory } from '../feedgen/directory.ts';
import { addMembers } from '../feedgen/members.ts';
import { didOf } from '../feedgen/network.ts';
import { ACTOR_DID, type Answer, type Instance, startStage } from '../feedgen/stage.ts';
import { bearer, SKELETON, sign } from '../feedgen/tokens.ts';
import type { KnownBuild } from './expected-page.ts';

/** Two feed generators over one ClickHouse and Redis, which serve simulated readers on simulated days. */
export interface SeenStage extends AsyncDisposable {
  /** The moment by which days of seen posts go, in ms since 1970. */
  readonly clock: { nowMs: number };
  register(name: string): Promise<Account>;
  page(of: number, reader: Account, alias: string, query: Readonly<Record<string, string>>): Promise<Answer>;
  /** The app says that the reader has seen these. */
  report(of: number, reader: Account, alias: string, uris: readonly string[]): Promise<number>;
  /** New posts, and builds that have them. */
  post(count: number): Promise<void>;
  /** The feed's builds that an instance may begin a page with now, the newest last. */
  current(alias: string): KnownBuild[];
  /** A build of which a cursor tells. */
  build(alias: string, id: string): KnownBuild | undefined;
  /** Whether an instance that is started anew can't find this build any more. */
  isLost(alias: string, id: string): boolean;
  restart(nth: number): Promise<void>;
  /** Empties Redis. */
  flush(): Promise<void>;
}

export const PIN = `at://${didOf('pin')}/app.bsky.feed.post/3l3frqadlo32h`;
/** With `hideSeen`. They overlap. */
export const HIDING = ['club', 'media'] as const;
/** The same without. */
export const OPEN = 'open';
const CLUB = 'kind: author-label, label: club, window: 14d, refresh: 24h';
const FEEDS = `
feeds:
  club: { ${CLUB}, hideSeen: true, pinned: ['${PIN}'] }
  media: { ${CLUB}, hideSeen: true, mediaOnly: true }
  open: { ${CLUB} }
`;
const ALIASES = [...HIDING, OPEN];
const AUTHORS = 6;
/** However slow the machine is, a page comes before this. */
const PATIENCE_MS = 60_000;
/** The instances' clocks differ by so much. */
const SKEW_MS = 90_000;
const INTERACTIONS = 'app.bsky.feed.sendInteractions';

export async function startSeenStage(): Promise<SeenStage> {
  await using starting = new AsyncDisposableStack();
  const stage = starting.use(await startStage());
  const directory = starting.use(await startDirectory());
  const clock = { nowMs: Date.UTC(2026, 10, 26, 6) };
  const start = (nth: number) =>
    stage.startFeedgen({
      feeds: FEEDS,
      env: { PLC_HOST: directory.url },
      seen: { now: () => clock.nowMs + nth * SKEW_MS, waitMs: PATIENCE_MS },
    });
  const instances = [await start(0), await start(1)];
  const instance = (nth: number) => instances[nth % instances.length] as Instance;
  const authors = Array.from({ length: AUTHORS }, (_, n) => didOf(`author${'abcdef'[n] ?? ''}`));
  await addMembers(instance(0), 'club', authors);
  const known = createKnownBuilds(instances);
  const tokenOf = createTokens();
  const ended = starting.move();
  return {
    clock,
    register: (name) => directory.register(name),
    page: async (of, reader, alias, query) => {
      known.note();
      const answer = await instance(of).page(alias, query, bearer(await tokenOf(reader, SKELETON)));
      known.note();
      if (answer.status !== 200) throw new Error(`a page was refused: ${JSON.stringify(answer.body)}`);
      return answer;
    },
    report: async (of, reader, alias, uris) => {
      const feed = `at://${ACTOR_DID}/app.bsky.feed.generator/${alias}`;
      const interactions = uris.map((item) => ({ item, event: 'app.bsky.feed.defs#interactionSeen' }));
      const token = bearer(await tokenOf(reader, INTERACTIONS));
      return (await instance(of).send('POST', `/xrpc/${INTERACTIONS}`, token, { feed, interactions })).status;
    },
    post: async (count) => {
      const specs = Array.from({ length: count }, (_, n) => ({
        did: authors[n % AUTHORS] ?? '',
        atMs: Date.now() - n,
        hasMedia: n % 3 === 0,
      }));
      await stage.network.post(...specs);
      for (const alias of ALIASES) await instance(0).rebuild(alias);
      known.note();
    },
    current: known.current,
    build: known.build,
    isLost: known.isLost,
    restart: async (nth) => {
      await instance(nth).stop();
      instances[nth % instances.length] = await start(nth % instances.length);
    },
    flush: async () => {
      await stage.databases.flushRedis();
      known.lose();
    },
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

/** Every build that an instance had, as far as somebody could begin to read with it. */
function createKnownBuilds(instances: readonly Instance[]) {
  const builds = new Map<string, KnownBuild>();
  const key = (alias: string, id: string) => `${alias}|${id}`;
  /** Of each feed, the newest last. */
  const latest = new Map<string, string[]>();
  const lost = new Set<string>();
  return {
    note: (): void => {
      for (const { feedgen } of instances)
        for (const alias of ALIASES) {
          const build = feedgen.context.live.current(alias);
          if (build === undefined || builds.has(key(alias, build.id))) continue;
          builds.set(key(alias, build.id), { alias, id: build.id, uris: build.posts.map(({ uri }) => uri) });
          latest.set(alias, [...(latest.get(alias) ?? []), build.id].slice(-3));
        }
    },
    current: (alias: string) => (latest.get(alias) ?? []).flatMap((id) => builds.get(key(alias, id)) ?? []),
    build: (alias: string, id: string) => builds.get(key(alias, id)),
    lose: (): void => {
      for (const one of builds.keys()) lost.add(one);
    },
    isLost: (alias: string, id: string) => lost.has(key(alias, id)),
  };
}

/** Tokens are good for a minute. */
const TOKEN_MS = 30_000;

function createTokens() {
  const tokens = new Map<string, { token: string; madeAt: number }>();
  return async (account: Account, lxm: string): Promise<string> => {
    const known = tokens.get(account.did + lxm);
    if (known !== undefined && Date.now() - known.madeAt < TOKEN_MS) return known.token;
    const token = await sign(account, { lxm });
    tokens.set(account.did + lxm, { token, madeAt: Date.now() });
    return token;
  };
}
