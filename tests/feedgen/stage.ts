import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFeedgen, type Feedgen, type FeedgenDeps, readFeedgenConfig } from '@updraft/feedgen';
import { parseFeedsFile } from '@updraft/feeds';
import { createLogger } from '@updraft/service';
import { type ClickHouse, createClickHouse, createRedis } from '@updraft/store';
import { checkAnswers } from '../http/checked-answers.ts';
import { hurriedClickHouse, hurryRedis } from '../http/hurried.ts';
import { until } from '../until.ts';
import { type Databases, startDatabases } from '../world/databases.ts';
import { createNetwork, type Network } from './network.ts';

export { until } from '../until.ts';

/** Databases of their own, a network to write records with, and any number of feed generators over them. */
export interface Stage extends AsyncDisposable {
  readonly databases: Databases;
  readonly clickhouse: ClickHouse;
  readonly network: Network;
  /** Starts an instance, listening on a free port. `env` overrides its settings. */
  startFeedgen(options: StageOptions): Promise<Instance>;
}

export interface StageOptions {
  /** The feeds file's text. */
  feeds: string;
  env?: Readonly<Record<string, string>>;
  cutsIntervalMs?: number;
  memberIntervalMs?: number;
  seen?: FeedgenDeps['seen'];
  /** Whether calls to the databases end soon. */
  isHurried?: boolean;
  /** How long pages wait for viewers' builds. */
  personalWaits?: { readonly buildMs: number; readonly lookUpMs: number };
}

/** A running feed generator. */
export interface Instance extends AsyncDisposable {
  readonly feedgen: Feedgen;
  readonly url: string;
  /** GET; the status, the headers and the JSON. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  send(method: string, path: string, headers?: Readonly<Record<string, string>>, body?: object): Promise<Answer>;
  /** A page of a feed, by its alias. */
  page(
    alias: string,
    query?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** Waits until a feed's current build was begun now or later. */
  rebuild(alias: string): Promise<void>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReplyBody;
}

/** Every field of every reply: which of them are there is what tests are about. */
export interface ReplyBody {
  readonly feed: readonly { readonly post: string; readonly reason?: object; readonly feedContext?: string }[];
  /** Absent at the end. */
  readonly cursor: string;
  readonly error: string;
  readonly message: string;
  readonly members: readonly { readonly did: string; readonly handle: string; readonly displayName: string }[];
  readonly authors: readonly object[];
  readonly accounts: readonly { readonly handle: string }[];
  readonly hides: readonly object[];
  readonly requests: readonly { readonly did: string; readonly source: string; readonly evidence: string }[];
  readonly entries: readonly { readonly action: string; readonly changedBy: string; readonly note: string }[];
  readonly state: string;
  readonly page: number;
  readonly totalPages: number;
  readonly totalCount: number;
  readonly feeds: Readonly<Record<string, object>>;
  readonly did: string;
  readonly paths: Readonly<Record<string, object>>;
}

export const SERVICE_DID = 'did:web:feeds.example';
export const ACTOR_DID = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';

export async function startStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'updraft-feedgen-'));
  const databases = await startDatabases(folder);
  const clickhouse = createClickHouse(databases.clickhouse.connection);
  const instances: Instance[] = [];
  return {
    databases,
    clickhouse,
    network: createNetwork(clickhouse),
    startFeedgen: async (options) => {
      const instance = await startInstance(databases, options);
      instances.push(instance);
      return instance;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(instances.map((instance) => instance.stop()));
      await clickhouse.close();
      await databases[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a feed generator over databases that somebody else keeps. */
export async function startInstance(
  databases: {
    readonly clickhouse: Pick<Databases['clickhouse'], 'env'>;
    readonly redis: Pick<Databases['redis'], 'address'>;
  },
  {
    feeds,
    env = {},
    cutsIntervalMs = 300,
    memberIntervalMs,
    personalWaits = PATIENT,
    seen,
    isHurried = false,
  }: StageOptions,
): Promise<Instance> {
  const config = readFeedgenConfig({
    ...databases.clickhouse.env,
    REDIS_ADDRESS: databases.redis.address,
    SERVICE_ENDPOINT: 'https://feeds.example',
    FEED_ACTOR_DID: ACTOR_DID,
    LOG_LEVEL: 'silent',
    ...env,
  });
  const log = createLogger({ service: 'feedgen', level: config.logLevel });
  const clickhouse = createClickHouse({ ...config.clickhouse, log });
  const [redis, subscriber] = [createRedis(config.redis), createRedis(config.redis)];
  if (isHurried) hurryRedis(redis);
  const feedgen = createFeedgen({
    config,
    file: parseFeedsFile(feeds, 'feeds.yaml'),
    clickhouse: isHurried ? hurriedClickHouse(clickhouse) : clickhouse,
    redis,
    subscriber,
    log,
    cutsIntervalMs,
    personalWaits,
    ...(memberIntervalMs !== undefined && { memberIntervalMs }),
    ...(seen !== undefined && { seen }),
  });
  const answers = checkAnswers(feedgen.app);
  const stopping = new AbortController();
  const { ended } = await feedgen.start(stopping.signal);
  const url = await feedgen.app.listen({ host: '127.0.0.1', port: 0 });
  const send: Instance['send'] = async (method, path, headers = {}, body) => {
    const request = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(`${url}${path}`, { method, headers: { ...type, ...headers }, ...request, signal });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parseBody(response, text) };
  };
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    stopping.abort();
    await ended;
    await feedgen.app.close();
    await feedgen.close();
    redis.disconnect();
    await clickhouse.close();
    answers.verify();
  };
  await until(() => [...feedgen.builders.keys()].every((alias) => feedgen.context.live.current(alias) !== undefined));
  return {
    feedgen,
    url,
    send,
    get: (path, headers) => send('GET', path, headers),
    page: (alias, query = {}, headers = {}) => {
      const parameters = new URLSearchParams({ feed: `at://${ACTOR_DID}/app.bsky.feed.generator/${alias}`, ...query });
      return send('GET', `/xrpc/app.bsky.feed.getFeedSkeleton?${parameters.toString()}`, headers);
    },
    rebuild: async (alias) => {
      const since = Date.now();
      const isNew = () => (feedgen.context.live.current(alias)?.asOfMs ?? 0) >= since;
      await until(async () => {
        if (!isNew()) await feedgen.builders.get(alias)?.buildOnce();
        return isNew();
      }, `a build of ${alias}`);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The posts of a page. */
export function uris(answer: Answer): string[] {
  return answer.body.feed.map(({ post }) => post);
}

/** JSON, or text that stands for itself. */
function parseBody(response: Response, text: string): ReplyBody {
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return (isJson ? JSON.parse(text) : text) as ReplyBody;
}

/** No answer may take longer. */
const ANSWER_MS = 90_000;
/** Builds come late on a busy machine. */
const PATIENT = { buildMs: 60_000, lookUpMs: 30_000 };
