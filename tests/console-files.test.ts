import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listPages } from '@updraft/console/pages';
import { type Console, consoleEnvironment, createConsole, operatorRoles } from '@updraft/console-api';
import { PAGE_NAMES } from '@updraft/console-api/views';
import { createFeedgen, readFeedgenConfig } from '@updraft/feedgen';
import { parseFeedsFile } from '@updraft/feeds';
import { createSearch, readSearchConfig } from '@updraft/search';
import { ConfigError, createHttpServer, createLogger, readConfig } from '@updraft/service';
import { createClickHouse, createRedis } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAccountServer } from './console/account-server.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const redis = createRedis({ address: '127.0.0.1:1' }); // nothing here asks it
const key = JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }));
const NOTHING = { get: () => undefined, set: () => {}, del: () => {} };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-console-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'assets', 'main-1.js'), '');
});
afterAll(async () => {
  redis.disconnect();
  await rm(folder, { recursive: true, force: true });
});

function startConsole(
  variables: Readonly<Record<string, string>>,
  plcHost = 'http://127.0.0.1:1',
): Console | undefined {
  const env = readConfig(consoleEnvironment, variables);
  const common = { service: 'search' as const, env, listen: '127.0.0.1:8092', redis, redisPrefix: 'test', log, folder };
  const outside = { plcHost, allowPrivateAddresses: true, findDid: async () => undefined };
  return createConsole({ ...common, ...outside, tokenKeys: [], rolesOf: operatorRoles(env) });
}

async function get(url: string, variables: Readonly<Record<string, string>> = {}, host = '127.0.0.1:8092') {
  const app = createHttpServer({ log });
  startConsole(variables)?.addRoutes(app);
  return app.inject({ url, headers: { host } });
}

describe('the console’s files', () => {
  test('a file that an older page asks for, and that is gone, is not found, and no cache keeps that', async () => {
    const { statusCode, headers } = await get('/console/assets/main-0.js');
    expect(statusCode).toBe(404);
    expect(headers['cache-control']).toBe('no-store');
  });

  test.for(['/console/', '/console/search?q=x', '/console/host/a/members', '/console/assets/main-1.js', '/console'])(
    '%s can not be framed, and run nothing from elsewhere',
    async (url) => {
      const { headers } = await get(url, { FEEDGEN_ORIGIN: 'https://feeds.example' });
      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).toEqual(
        expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'", "script-src 'self'"]),
      );
      expect(policy).toContain("connect-src 'self' https://feeds.example");
      expect(policy.join()).not.toContain('unsafe');
      expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' });
    },
  );

  test('on this machine are at 127.0.0.1, where a sign-in leads back to', async () => {
    const { statusCode, headers } = await get('/console/search?q=x', {}, 'localhost:8092');
    expect([statusCode, headers.location]).toEqual([307, 'http://127.0.0.1:8092/console/search?q=x']);
    expect((await get('/console/', {}, 'evil.example')).statusCode).toBe(200);
    expect((await get('/console/', { PUBLIC_ORIGIN: 'https://updraft.example' }, 'localhost:8092')).statusCode).toBe(
      200,
    );
  });

  test('and routes are not there with CONSOLE_OFF', async () => {
    for (const url of ['/console/', '/console/api/config', '/oauth/callback'])
      expect((await get(url, { CONSOLE_OFF: 'true' })).statusCode).toBe(404);
  });
});

describe('each service', () => {
  const ENV = {
    CLICKHOUSE_ADDRESS: '127.0.0.1:1',
    REDIS_ADDRESS: '127.0.0.1:1',
    SERVICE_ENDPOINT: 'https://feeds.example',
    FEED_ACTOR_DID: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa',
    FEEDGEN_ORIGIN: 'https://feeds.example',
    SEARCH_ORIGIN: 'https://search.example',
  };

  async function startBoth(stop: AsyncDisposableStack) {
    const config = readFeedgenConfig(ENV);
    const clickhouse = createClickHouse(config.clickhouse);
    stop.defer(() => clickhouse.close());
    const file = parseFeedsFile('feeds: {}', 'feeds.yaml');
    const feedgen = createFeedgen({ config, file, clickhouse, redis, subscriber: redis, log });
    stop.defer(() => feedgen.close());
    const { signal } = new AbortController();
    const search = await createSearch({ env: readSearchConfig(ENV), clickhouse, redis, log, signal });
    return { feedgen, search };
  }

  test('lets pages of the other one read, without cookies, and no page of another site', async () => {
    await using stop = new AsyncDisposableStack();
    const { feedgen, search } = await startBoth(stop);
    for (const [{ app }, other] of [
      [feedgen, ENV.SEARCH_ORIGIN],
      [search, ENV.FEEDGEN_ORIGIN],
    ] as const) {
      stop.defer(() => app.close());
      const allowed = async (origin: string) => {
        const { headers } = await app.inject({ url: '/console/api/config', headers: { origin } });
        expect(headers).not.toHaveProperty('access-control-allow-credentials');
        return headers['access-control-allow-origin'];
      };
      expect([await allowed(other), await allowed('https://evil.example')]).toEqual([other, undefined]);
    }
  });

  test('gets at one host what only it has, by the example of the documentation', async () => {
    await using stop = new AsyncDisposableStack();
    const { feedgen, search } = await startBoth(stop);
    const routesOf = async ({ app }: typeof feedgen | typeof search): Promise<string[]> => {
      stop.defer(() => app.close());
      const { paths } = (await app.inject('/openapi.json')).json<{ paths: Record<string, unknown> }>();
      return Object.keys(paths);
    };
    const [atFeedgen, atSearch] = [new Set(await routesOf(feedgen)), new Set(await routesOf(search))];
    const text = await readFile(join(import.meta.dirname, '../docs/console.md'), 'utf8');
    const patterns = (/@feedgen path (.*)/.exec(text)?.[1] ?? '').split(' ');
    const leadsToFeedgen = (path: string) =>
      patterns.some((pattern) => (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern));
    expect([...atFeedgen.difference(atSearch)].filter((path) => !leadsToFeedgen(path))).toEqual(['/']);
    expect([...atSearch].filter(leadsToFeedgen)).toEqual(['/console/api/session']);
  });
});

describe('what the console is told', () => {
  test('is where things are, and what is switched off', async () => {
    const variables = {
      PUBLIC_ORIGIN: 'https://updraft.example',
      FEEDGEN_ORIGIN: 'https://feeds.example/',
      CONSOLE_PAGES_OFF: 'export, trends',
      GRAFANA_ORIGIN: 'https://grafana.example',
    };
    const config: unknown = (await get('/console/api/config', variables)).json();
    expect(config).not.toHaveProperty('grafana');
    expect(config).toMatchObject({
      service: 'search',
      origins: { search: 'https://updraft.example', feedgen: 'https://feeds.example' },
      pagesOff: ['export', 'trends'],
      isCleanupOn: false,
    });
  });

  test('is never of a page that does not exist: the service says which there are, and does not start', () => {
    const wrong = () => readConfig(consoleEnvironment, { CONSOLE_PAGES_OFF: 'export, clean-up' });
    expect(wrong).toThrow(/CONSOLE_PAGES_OFF.*cleanup/);
  });

  test('names each page of the console, as the documentation does', async () => {
    const pages = await listPages();
    expect(pages.map(({ name }) => name)).toEqual([...PAGE_NAMES]);
    const text = await readFile(join(import.meta.dirname, '../docs/console.md'), 'utf8');
    const documented = [...text.matchAll(/^\| `([\w-]+)` \| `(\/console\/[^`]*)`/gm)];
    expect(documented.map(([, name, path]) => ({ name, path }))).toEqual(
      pages.map(({ name, path }) => ({ name, path })),
    );
  });
});

describe('the OAuth client', () => {
  const published = { PUBLIC_ORIGIN: 'https://updraft.example' };

  test('of a public origin tells accounts’ servers what it is', async () => {
    const document = (await get('/oauth/client-metadata.json', published)).json<Record<string, unknown>>();
    expect(document).toMatchObject({
      client_id: 'https://updraft.example/oauth/client-metadata.json',
      redirect_uris: ['https://updraft.example/oauth/callback'],
      token_endpoint_auth_method: 'none',
      dpop_bound_access_tokens: true,
    });
    expect((await get('/oauth/jwks.json', published)).statusCode).toBe(404);
  });

  test('with a key proves itself by it, and shows the public half only', async () => {
    const env = { ...published, OAUTH_PRIVATE_KEY: key };
    expect((await get('/oauth/client-metadata.json', env)).json()).toMatchObject({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://updraft.example/oauth/jwks.json',
    });
    const { keys } = (await get('/oauth/jwks.json', env)).json<{ keys: Record<string, unknown>[] }>();
    expect(keys).toMatchObject([{ kty: 'EC', crv: 'P-256', kid: expect.any(String) }]);
    expect(keys[0]).not.toHaveProperty('d');
    await using server = await startAccountServer({ metadata: {} });
    const client = startConsole(env, server.url)?.oauth?.create({ sessionStore: NOTHING, stateStore: NOTHING });
    await client?.authorize(server.did);
    const [form] = server.asked;
    expect(form?.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = form?.get('client_assertion')?.split('.') ?? [];
    const publicKey = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' });
    const signed = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), signed, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('of this machine has all that it is in its id', async () => {
    expect((await get('/oauth/client-metadata.json')).statusCode).toBe(404);
    const id = new URL(startConsole({})?.oauth?.create({ sessionStore: NOTHING }).clientMetadata.client_id ?? '');
    expect([id.origin, id.searchParams.get('redirect_uri')]).toEqual([
      'http://localhost',
      'http://127.0.0.1:8092/oauth/callback',
    ]);
  });

  test.for([
    'junk',
    '{}',
    '{"kty":"EC","crv":"P-256"}',
    key.replace('P-256', 'P-384'),
    key.replace(/"x":"..../, '"x":"AAAA'),
  ])('takes no other key than one of P-256, and shows none in its words', (text) => {
    const read = () => readConfig(consoleEnvironment, { OAUTH_PRIVATE_KEY: text });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^OAUTH_PRIVATE_KEY: expected a private key of P-256 as a JWK in JSON$/);
  });
});
