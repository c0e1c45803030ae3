import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importedApiKey } from '@updraft/feeds';
import type { HttpServer } from '@updraft/service';
import { apiKeys, createClickHouse, createRedis, insertRows } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginSession, type SessionHeaders } from './console/session.ts';
import { type Account, type Directory, startDirectory } from './feedgen/directory.ts';
import { didOf } from './feedgen/network.ts';
import { ACTOR_DID, type Instance, startInstance, until } from './feedgen/stage.ts';
import { bearer, sign } from './feedgen/tokens.ts';
import { oddRequests } from './http/odd-requests.ts';
import { type SearchService, startSearchService } from './search/service.ts';
import { type BreakProxy, startBreakProxy } from './world/break-proxy.ts';
import { type Databases, startDatabases } from './world/databases.ts';

const POST = `at://${didOf('author')}/app.bsky.feed.post/3l3frqadlo32h`;
const CLUB = `{ kind: author-label, label: club, audience: members, refresh: 1s, outsiders: ['${POST}'] }`;
const FEEDS = `
feeds:
  open: { kind: hot, minimumLikes: 1, refresh: 1s }
  a-club: ${CLUB}
`;
const KEY = 'a key that another system made';
const OPERATOR = didOf('operator');
const STRANGE_OPERATOR = didOf('stranger');

let folder: string;
let databases: Databases;
let directory: Directory;
let viewer: Account;
let operator: SessionHeaders;
let strangeOperator: SessionHeaders;
let clickhouseProxy: BreakProxy;
let redisProxy: BreakProxy;
let direct: Services;
let proxied: Services;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-outage-'));
  [databases, directory] = await Promise.all([startDatabases(folder), startDirectory()]);
  viewer = await directory.register('viewer');
  const clickhouse = createClickHouse(databases.clickhouse.connection);
  const address = new URL(databases.clickhouse.connection.address).host;
  const key = {
    ...importedApiKey(KEY),
    feeds: ['a-club'],
    actorDid: ACTOR_DID,
    createdAt: 1,
    revokedAt: 0,
    version: 1,
  };
  await insertRows(clickhouse, apiKeys, [key]);
  await clickhouse.close();
  const redis = createRedis({ address: databases.redis.address });
  operator = await beginSession(redis, 'updraft', OPERATOR);
  strangeOperator = await beginSession(redis, 'updraft', STRANGE_OPERATOR);
  redis.disconnect();
  [clickhouseProxy, redisProxy] = await Promise.all([
    startBreakProxy(address),
    startBreakProxy(databases.redis.address),
  ]);
  [direct, proxied] = await Promise.all([
    startServices(address, databases.redis.address),
    startServices(clickhouseProxy.address, redisProxy.address, { isHurried: true }),
  ]);
}, 120_000);
afterAll(async () => {
  await Promise.all([direct, proxied].map((services) => services[Symbol.asyncDispose]()));
  await Promise.all([clickhouseProxy, redisProxy, databases, directory].map((part) => part[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true, force: true });
});

interface Services extends AsyncDisposable {
  readonly feedgen: Instance;
  readonly search: SearchService;
}

async function startServices(
  clickhouseAddress: string,
  redisAddress: string,
  { isHurried = false } = {},
): Promise<Services> {
  const env = { ...databases.clickhouse.env, CLICKHOUSE_ADDRESS: clickhouseAddress, REDIS_ADDRESS: redisAddress };
  const common = { PLC_HOST: directory.url, CONSOLE_OPERATORS: `${OPERATOR},${STRANGE_OPERATOR}` };
  const at = { clickhouse: { env }, redis: { address: redisAddress } };
  const feedgen = await startInstance(at, { feeds: FEEDS, env: common, isHurried });
  const clickhouse = createClickHouse({ ...databases.clickhouse.connection, address: clickhouseAddress });
  const search = await startSearchService(
    { clickhouse, env },
    {
      ...common,
      ALLOW_PRIVATE_ADDRESSES: 'true',
      CLEANUP_TOKEN_KEY: Buffer.alloc(32, 1).toString('base64'),
    },
    { isHurried },
  );
  return {
    feedgen,
    search,
    [Symbol.asyncDispose]: async () => {
      await feedgen.stop();
      await search[Symbol.asyncDispose]();
      await clickhouse.close();
    },
  };
}

interface Ask {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** What makes a route ask its databases; every other route is asked by its bare path. */
async function samples(): Promise<Readonly<Record<string, Partial<Ask>>>> {
  const admin = { headers: { 'x-api-key': KEY } };
  const one = `feedName=club&handle=${didOf('member')}`;
  const lxm = 'app.bsky.feed.sendInteractions';
  const cursor = Buffer.from(`1|open|00000000000000000000000000|1|${POST}`).toString('base64url');
  const feed = `at://${ACTOR_DID}/app.bsky.feed.generator/open`;
  return {
    'GET /xrpc/app.bsky.feed.getFeedSkeleton': { url: `?feed=${feed}&cursor=${cursor}` },
    [`POST /xrpc/${lxm}`]: { headers: bearer(await sign(viewer, { lxm })), body: { interactions: [{ item: POST }] } },
    'GET /api/admin/feeds': admin,
    'GET /api/admin/feed_members': { ...admin, url: '?feedName=club' },
    'PUT /api/admin/feed_members': { ...admin, url: `?${one}` },
    'DELETE /api/admin/feed_members': { ...admin, url: `?feedName=club&handle=gone.example.com` },
    'GET /api/admin/explain': { ...admin, url: `?feed=club&uri=${POST}` },
    'GET /api/admin/account_suggestions': { ...admin, url: '?q=alice' },
    'GET /api/admin/feed_hides': { ...admin, url: '?feedName=club' },
    'PUT /api/admin/feed_hides': { ...admin, url: `?feedName=club&subject=${POST}&reason=x` },
    'DELETE /api/admin/feed_hides': { ...admin, url: `?feedName=club&subject=${POST}` },
    'GET /api/admin/member_requests': { ...admin, url: '?feedName=club' },
    'PUT /api/admin/member_requests': { ...admin, url: `?${one}&action=note` },
    'GET /api/admin/audit_log': { ...admin, url: '?feedName=club' },
    'POST /api/admin/feed_members/bulk': { ...admin, body: { feedName: 'club', accounts: [didOf('member')] } },
    'POST /api/admin/preview': { ...admin, body: { feedName: 'club', settings: 'kind: top\nminimumLikes: 1\n' } },
    'PUT /api/admin/settings': { ...admin, body: { feedName: 'club', settings: CLUB, version: 1 } },
    'DELETE /api/admin/settings': { ...admin, url: '?feedName=club&version=1' },
    'GET /api/admin/settings': { headers: operator.reading, url: '?feedName=club' },
    'GET /api/feeds/posts': { headers: operator.reading, url: '?feed=a-club' },
    'GET /console/api/posts': { url: `?uris=${POST}` },
    'GET /console/api/session': { headers: operator.reading },
    'GET /console/api/sessions': { headers: operator.reading },
    ...Object.fromEntries(OPERATOR_ROUTES.map((route) => [route, { headers: operator.reading }])),
    'GET /feeds/:file': { url: '/feeds/open.rss' },
    'GET /feed_members': { ...admin, url: '?feedName=club' },
    'PUT /assign_user_to_feed': { ...admin, url: `?${one}` },
    'PUT /unassign_user_from_feed': { ...admin, url: `?${one}` },
    'GET /search/posts': { url: '?q=hello' },
    'GET /xrpc/app.bsky.unspecced.searchPostsSkeleton': { url: '?q=hello&sort=top' },
    'GET /redir': { url: '?q=https://bsky.app/profile/alice.example.com' },
    'GET /list/members': { url: '?uri=at://alice.example.com/app.bsky.graph.list/3k' },
    'GET /repo/:did': { url: '/repo/alice.example.com' },
    'GET /repo/cleanup': { url: '?job_id=4b6ee2b6-1c5b-4a3b-9a2d-3d1f0c9f6a11', headers: bearer('x') },
    'DELETE /repo/cleanup': { url: '?job_id=4b6ee2b6-1c5b-4a3b-9a2d-3d1f0c9f6a11', headers: bearer('x') },
    'POST /repo/cleanup': {
      body: {
        identifier: 'alice.example.com',
        app_password: 'xxxx-xxxx-xxxx-xxxx',
        cleanup_types: ['post'],
        delete_until_days_ago: 30,
      },
    },
  };
}

/** `METHOD /path` of every route of an app, from Fastify's own tree of them. */
function routesOf(app: HttpServer): string[] {
  const path: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', segment = '', methods] = /^([│├└─\s]*)(\S+?)(?: \(([A-Z, ]+)\))?$/u.exec(line) ?? [];
      if (segment === '') return [];
      path.splice(indent.length / 4 - 1, Number.POSITIVE_INFINITY, segment);
      const asked = methods?.split(', ').filter((method) => method !== 'HEAD' && method !== 'OPTIONS') ?? [];
      return asked.map((method) => `${method} ${path.join('')}`);
    });
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}

function anyAddress(): string {
  return `10.${[...randomBytes(3)].join('.')}`;
}

/** Waits until each route has answered without a failure. */
async function untilAllAnswer(services: Services): Promise<void> {
  let failing: ReadonlySet<string> | undefined;
  await until(async () => {
    const outcomes = await askAll(services, failing);
    failing = new Set([...outcomes].filter(([, { status }]) => status >= 500).map(([route]) => route));
    return failing.size === 0;
  });
}

interface Outcome {
  readonly status: number;
  readonly retryAfter: unknown;
}

/** Asks every route of both services once, or those that are named, each from an address of its own. */
async function askAll({ feedgen, search }: Services, only?: ReadonlySet<string>): Promise<Map<string, Outcome>> {
  const known = await samples();
  const outcomes = new Map<string, Outcome>();
  const apps = [feedgen.feedgen.app, search.search.app];
  const asks = apps
    .flatMap((app) => routesOf(app).map((route) => ({ app, route })))
    .filter(({ route }) => only?.has(route) !== false);
  await Promise.all(
    asks.map(async ({ app, route }, index) => {
      const [method = '', path = ''] = route.split(' ');
      const { url = '', headers = {}, body } = known[route] ?? {};
      const reply = await app.inject({
        method: method as 'GET',
        url: url.startsWith('/') ? url : path + url,
        headers: { ...headers },
        remoteAddress: `10.0.0.${index}`,
        ...(body === undefined ? {} : { payload: body }),
      });
      outcomes.set(route, { status: reply.statusCode, retryAfter: reply.headers['retry-after'] });
    }),
  );
  return outcomes;
}

const OPERATOR_ROUTES = ['ingest', 'rejected', 'storage', 'services', 'jobs', 'alerts'].map(
  (name) => `GET /console/api/operator/${name}`,
);

/** Routes that can't be answered without ClickHouse. */
const OF_CLICKHOUSE = [
  'GET /console/api/posts',
  'GET /api/admin/feed_hides',
  'PUT /api/admin/feed_hides',
  'DELETE /api/admin/feed_hides',
  'GET /api/admin/member_requests',
  'PUT /api/admin/member_requests',
  'GET /api/admin/audit_log',
  'GET /api/admin/explain',
  'POST /api/admin/feed_members/bulk',
  'POST /api/admin/preview',
  'PUT /api/admin/settings',
  'DELETE /api/admin/settings',
  'GET /search/posts',
  'GET /xrpc/app.bsky.unspecced.searchPostsSkeleton',
  'GET /redir',
  'GET /repo/:did',
  'GET /list/members',
  'GET /repo/cleanup/stats',
  'GET /repo/cleanup',
  'DELETE /repo/cleanup',
  'GET /api/admin/feed_members',
  'PUT /api/admin/feed_members',
  'GET /feed_members',
  'PUT /assign_user_to_feed',
  'PUT /unassign_user_from_feed',
];
const OF_REDIS = ['POST /repo/cleanup'];
/** Those that must know a session. An answer of Redis may come through before a connection breaks off. */
const OF_SESSIONS = [
  'GET /console/api/session',
  'GET /console/api/sessions',
  'GET /api/admin/settings',
  ...OPERATOR_ROUTES,
];

function expectOutage(outcomes: ReadonlyMap<string, Outcome>, unanswerable: readonly string[]): void {
  const is = (wanted: (outcome: Outcome) => boolean) =>
    [...outcomes].filter(([, outcome]) => wanted(outcome)).map(([route]) => route);
  expect(is(({ status }) => status >= 500 && status !== 503)).toEqual([]);
  expect(is(({ status, retryAfter }) => status === 503 && !/^\d+$/.test(String(retryAfter)))).toEqual([]);
  expect(is(({ status }) => status === 503)).toEqual(expect.arrayContaining([...unanswerable]));
}

test('every route of both services is known by its path', () => {
  const routes = [direct.feedgen.feedgen.app, direct.search.search.app].flatMap(routesOf);
  expect(routes).toEqual(expect.arrayContaining([...OF_CLICKHOUSE, ...OF_REDIS, 'GET /', 'GET /stats/feeds']));
});

test('while both databases are there no route fails', async () => {
  const outcomes = await askAll(direct);
  expect([...outcomes].filter(([, { status }]) => status >= 500)).toEqual([]);
});

test('whatever stands where a value is expected, no route fails', async () => {
  const statuses = new Map<number, number>();
  for (const app of [direct.feedgen.feedgen.app, direct.search.search.app])
    for (const requests of chunks(await oddRequests(app, 30), 10))
      await Promise.all(
        requests.map(async ({ method, url, body }, index) => {
          const headers = index % 2 === 0 ? { 'x-api-key': KEY } : strangeOperator.changing;
          const payload = body === undefined ? {} : { payload: body };
          const reply = await app.inject({
            method: method as 'GET',
            url,
            headers: { ...headers },
            remoteAddress: anyAddress(),
            ...payload,
          });
          const { statusCode } = reply;
          statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
          expect([method, url, body, reply.body, statusCode < 500]).toEqual([method, url, body, reply.body, true]);
        }),
      );
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400]));
});

test('addresses of one /64 share the limits of one caller', async () => {
  const ask = async (remoteAddress: string) =>
    (await direct.search.search.app.inject({ url: '/search/posts?q=hello', remoteAddress })).statusCode;
  const statuses = await Promise.all(Array.from({ length: 60 }, (_, n) => ask(`2001:db8:0:1::${n.toString(16)}`)));
  expect(statuses).toContain(429);
  expect(await ask('2001:db8:0:2::1')).toBe(200);
});

describe('no route answers 500, and those that need a database answer 503 with Retry-After,', () => {
  test('while ClickHouse is killed', async () => {
    await databases.clickhouse.kill();
    expectOutage(await askAll(direct), OF_CLICKHOUSE);
  });

  test('while Redis is killed as well', async () => {
    await databases.redis.kill();
    expectOutage(await askAll(direct), [...OF_CLICKHOUSE, ...OF_REDIS, ...OF_SESSIONS]);
  });

  test('until both are back', async () => {
    await Promise.all([databases.clickhouse.revive(), databases.redis.revive()]);
    await untilAllAnswer(direct);
  });

  // That connections are refused is what servers that are away do, above.
  test('while connections break off', async () => {
    for (const proxy of [clickhouseProxy, redisProxy]) proxy.weather = 'reset';
    expectOutage(await askAll(proxied), [...OF_CLICKHOUSE, ...OF_REDIS]);
  });

  test('while neither of them answers', async () => {
    for (const proxy of [clickhouseProxy, redisProxy]) proxy.weather = 'hang';
    expectOutage(await askAll(proxied), [...OF_CLICKHOUSE, ...OF_REDIS, ...OF_SESSIONS]);
    for (const proxy of [clickhouseProxy, redisProxy]) proxy.weather = 'hand on';
    await untilAllAnswer(proxied);
  });
});
