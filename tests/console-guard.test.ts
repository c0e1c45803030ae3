import { randomBytes } from 'node:crypto';
import type { HttpServer } from '@updraft/service';
import { createRedis, type Redis } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginSession, type SessionHeaders } from './console/session.ts';
import { type Directory, startDirectory } from './feedgen/directory.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, type Stage, startStage } from './feedgen/stage.ts';
import { type Operation, operationsOf } from './http/routes.ts';
import { type SampleRequest, sampleRequest } from './http/sample-request.ts';
import { type SearchService, startSearchService } from './search/service.ts';

// Each route that /openapi.json names, in both services, against pages of other sites. A new route is under test without a word here.

const HOST = didOf('host');
const POST = `at://${didOf('author')}/app.bsky.feed.post/3l3frqadlo32h`;
const ORIGINS = { feedgen: 'https://feeds.example', search: 'https://search.example' };
const EVIL = 'https://evil.example';
const FEEDS = `
feeds:
  ducks: { kind: author-label, label: ducks, audience: members, refresh: 1m, hosts: ['${HOST}'] }
  open: { kind: top, minimumLikes: 1, refresh: 1m }
`;
/** Values that schemas don't tell, by their names. */
const SAMPLES = {
  feedName: 'ducks',
  feed: 'ducks',
  handle: didOf('someone'),
  identifier: undefined,
  app_password: undefined,
  subject: POST,
  uri: POST,
  uris: POST,
  target: POST,
  q: POST,
  settings: 'kind: top\nminimumLikes: 1\n',
  accounts: [didOf('someone')],
  did: HOST,
  file: 'open.json',
  delete_until_days_ago: 7,
  returnTo: '/console/',
};
/** They take a token of the viewer's server, and no session. */
const OF_VIEWERS = /^(?:POST \/xrpc\/|(?:POST|DELETE) \/api\/members\/request$)/;
/** It needs no session, and begins one. */
const SIGN_IN = 'POST /console/api/sign-in';

type Name = keyof typeof ORIGINS;
let stage: Stage;
let directory: Directory;
let redis: Redis;
let feedgen: Instance;
let search: SearchService;
const apps = new Map<Name, { readonly app: HttpServer; readonly operations: ReadonlyMap<string, Operation> }>();

beforeAll(async () => {
  [stage, directory] = await Promise.all([startStage(), startDirectory()]);
  await directory.register('host');
  const { clickhouse, redis: ownRedis } = stage.databases;
  redis = createRedis({ address: ownRedis.address });
  const common = { PLC_HOST: directory.url, CONSOLE_OPERATORS: HOST, REDIS_PREFIX: 'guard' };
  const envOf = (name: Name, other: Name) => ({
    ...common,
    PUBLIC_ORIGIN: ORIGINS[name],
    [`${other.toUpperCase()}_ORIGIN`]: ORIGINS[other],
  });
  feedgen = await stage.startFeedgen({ feeds: FEEDS, env: envOf('feedgen', 'search') });
  const store = { clickhouse: stage.clickhouse, env: { ...clickhouse.env, REDIS_ADDRESS: ownRedis.address } };
  const cleanupKey = { CLEANUP_TOKEN_KEY: randomBytes(32).toString('base64'), STATS_CACHE_TTL: '1m' };
  search = await startSearchService(store, { ...envOf('search', 'feedgen'), ...cleanupKey });
  for (const [name, app] of [
    ['feedgen', feedgen.feedgen.app],
    ['search', search.search.app],
  ] as const) {
    const document = JSON.parse((await app.inject('/openapi.json')).body) as { paths: object };
    apps.set(name, { app, operations: operationsOf(document) });
  }
});
afterAll(async () => {
  await search[Symbol.asyncDispose]();
  redis.disconnect();
  await stage[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const session = async (): Promise<SessionHeaders['changing']> => {
  const { changing } = await beginSession(redis, 'guard', HOST);
  return { ...changing, cookie: `__Host-${changing.cookie}` };
};

function open(name: Name) {
  const { app, operations } = apps.get(name) ?? {};
  if (app === undefined || operations === undefined) throw new Error(`${name} does not run`);
  const ask = ({ method, url, body }: SampleRequest, headers: Readonly<Record<string, string>>) => {
    const remoteAddress = `10.${[...randomBytes(3)].join('.')}`;
    return app.inject({ method, url, headers, remoteAddress, ...(body !== undefined && { payload: body }) });
  };
  const requests = [...operations].map(
    ([operation, described]) => [operation, sampleRequest(operation, described, SAMPLES)] as const,
  );
  return {
    app,
    ask,
    changes: requests.filter(([, { method }]) => method !== 'GET'),
    reads: requests.filter(([, { method }]) => method === 'GET'),
  };
}

describe.for(['feedgen', 'search'] as const)('each route of %s', (name) => {
  const ATTACKS: readonly [string, (own: SessionHeaders['changing']) => Promise<Record<string, string>>][] = [
    ['with another token', async (own) => ({ ...own, 'x-csrf-token': 'a'.repeat(43) })],
    [
      'with the token of another session',
      async (own) => ({ ...own, 'x-csrf-token': (await session())['x-csrf-token'] }),
    ],
    ['without a token', async ({ cookie }) => ({ cookie, origin: ORIGINS[name], 'sec-fetch-site': 'same-origin' })],
    ['from another site', async (own) => ({ ...own, 'sec-fetch-site': 'cross-site', origin: EVIL })],
    ['from a neighbouring host', async (own) => ({ ...own, 'sec-fetch-site': 'same-site', origin: ORIGINS.search })],
    ['from another origin, by an old browser', async (own) => ({ ...own, origin: EVIL })],
    ['from a page without an origin', async (own) => ({ ...own, origin: 'null' })],
  ];

  test('that changes something refuses what a page of its own did not send', async () => {
    const { ask, changes } = open(name);
    const taking = changes.filter(([operation]) => !OF_VIEWERS.test(operation));
    expect(taking.length).toBeGreaterThan(2);
    for (const [operation, request] of taking) {
      for (const [attack, headersOf] of ATTACKS) {
        if (operation === SIGN_IN && attack.includes('token')) continue;
        const { statusCode, body } = await ask(request, await headersOf(await session()));
        expect([operation, attack, statusCode, body]).toEqual([operation, attack, 403, expect.any(String)]);
      }
      const { statusCode } = await ask(request, await session());
      expect([operation, statusCode]).not.toEqual([operation, 403]);
      expect([operation, statusCode]).not.toEqual([operation, 401]);
    }
  });

  test('that changes something takes nothing from a form', async () => {
    const { app, changes } = open(name);
    for (const [operation, { method, url, body }] of changes) {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        const { cookie } = await session();
        const headers = { cookie, 'content-type': type, origin: EVIL };
        const { statusCode } = await app.inject({ method, url, headers, payload: JSON.stringify(body ?? {}) });
        expect([operation, type, [400, 401, 403, 415].includes(statusCode)]).toEqual([operation, type, true]);
      }
    }
  });

  test('is as deaf to a session as it says', async () => {
    const { ask, changes } = open(name);
    for (const [operation, request] of changes.filter(([each]) => OF_VIEWERS.test(each))) {
      const [signedIn, nobody] = [await ask(request, await session()), await ask(request, {})];
      expect([operation, signedIn.statusCode, signedIn.body]).toEqual([operation, nobody.statusCode, nobody.body]);
    }
  });

  test('is kept by no cache where its answer depends on who is signed in', async () => {
    const { ask, reads } = open(name);
    let numPublic = 0;
    for (const [operation, request] of reads) {
      const answer = await ask(request, await session());
      const cacheControl = String(answer.headers['cache-control']);
      if (cacheControl.includes('no-store')) continue;
      numPublic += 1;
      expect([operation, answer.body]).toEqual([operation, (await ask(request, {})).body]);
    }
    expect(numPublic).toBeGreaterThan(1);
  });

  test('gives no other origin what a session sees', async () => {
    const { app, ask, changes, reads } = open(name);
    const other = name === 'search' ? ORIGINS.feedgen : ORIGINS.search;
    const own = await session();
    for (const [operation, request] of [...reads, ...changes]) {
      for (const origin of [EVIL, 'null', other, `${other}.evil.example`]) {
        const { headers } = await ask(request, { cookie: own.cookie, origin });
        const allowed = origin === other ? other : undefined;
        expect([operation, origin, headers['access-control-allow-origin']]).toEqual([operation, origin, allowed]);
        expect(headers).not.toHaveProperty('access-control-allow-credentials');
      }
      const headers = { origin: EVIL, 'access-control-request-method': request.method };
      const preflight = await app.inject({ method: 'OPTIONS', url: request.url, headers });
      expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('and every other path can be framed by nobody, and taken for nothing else, whatever it answers', async () => {
    const { app, ask, changes, reads } = open(name);
    const answers = [...reads, ...changes].map(async ([operation, request]) => ({
      operation,
      headers: (await ask(request, {})).headers,
    }));
    const others = ['/nowhere', '/xrpc/nothing', '/%zz', '/console', '/console/', '/console/assets/none.js', '//evil'];
    const more = others.map(async (url) => ({ operation: url, headers: (await app.inject(url)).headers }));
    for (const { operation, headers } of await Promise.all([...answers, ...more])) {
      expect([operation, headers]).toEqual([
        operation,
        expect.objectContaining({
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'content-security-policy': expect.stringMatching(/^default-src 'none'.*frame-ancestors 'none'/),
          'cache-control': expect.any(String),
        }),
      ]);
      expect(String(headers['content-security-policy'])).not.toContain('unsafe');
    }
  });

  test('knows its own address from its settings, whatever the Host says', async () => {
    const { app, reads } = open(name);
    const forged = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
    for (const [operation, { url }] of reads) {
      const { body, headers } = await app.inject({ url, headers: { ...forged, ...(await session()) } });
      expect([operation, `${body}${JSON.stringify(headers)}`]).toEqual([
        operation,
        expect.not.stringContaining('evil'),
      ]);
    }
  });
});
