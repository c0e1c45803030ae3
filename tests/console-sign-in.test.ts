import type { AtpAgent } from '@atproto/api';
import { eraseSessions } from '@updraft/console-api/erase-sessions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAccountServer, startDirectoryBefore } from './console/account-server.ts';
import { decideAtServer, openBrowser } from './console/headless-sign-in.ts';
import { type ConsoleService, type ConsoleStage, PASSWORD, startConsoleStage } from './console/stage.ts';

let stage: ConsoleStage;
let service: ConsoleService;
let alice: AtpAgent;
const credentials = { username: 'alice.test', password: PASSWORD };
const POST = 'app.bsky.feed.post';

beforeAll(async () => {
  stage = await startConsoleStage();
  alice = await stage.signUp('alice');
  service = await stage.startService({ env: { CONSOLE_OPERATORS: alice.assertDid } });
});
afterAll(() => stage[Symbol.asyncDispose]());

/** The tokens that the account's server has given to us and not ended. */
async function tokensAtServer(): Promise<number> {
  const tokens = await stage.network.pds.ctx.oauthProvider?.tokenManager.listAccountTokens(alice.assertDid);
  return tokens?.length ?? Number.NaN;
}

async function sessionIdOf(browser: ReturnType<typeof openBrowser>): Promise<string> {
  return ((await browser.ask('GET', '/who')).json() as { who: { sessionId: string } }).who.sessionId;
}

describe('signing in', () => {
  test('begins a session that both services know, and keeps no token', async () => {
    const browser = openBrowser(service.app);
    const session = await browser.signIn('alice.test', credentials);
    const roles = { isOperator: true, hostOf: [], moderatorOf: [] };
    expect(session).toMatchObject({ did: alice.assertDid, handle: 'alice.test', mayCleanUp: false, roles });
    expect(await tokensAtServer()).toBe(0);
    const other = openBrowser((await stage.startService({ service: 'feedgen' })).app);
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    const who = { did: alice.assertDid, roles: { ...roles, isOperator: false } };
    expect((await other.ask('GET', '/who')).json()).toMatchObject({ who });
  });

  test('tells operators, and nobody else, where Grafana is', async () => {
    const grafana = 'http://10.0.0.7:3000';
    for (const operators of [alice.assertDid, '']) {
      const env = { CONSOLE_OPERATORS: operators, GRAFANA_ORIGIN: grafana };
      const browser = openBrowser((await stage.startService({ env })).app);
      const session = await browser.signIn('alice.test', credentials);
      expect(Reflect.get(session, 'grafana')).toBe(operators === '' ? undefined : grafana);
    }
  });

  test('takes a DID, and finds its handle', async () => {
    const session = await openBrowser(service.app).signIn(alice.assertDid, credentials);
    expect(session).toMatchObject({ did: alice.assertDid, handle: 'alice.test' });
  });

  test('leads to the page that was asked for', async () => {
    const browser = openBrowser(service.app);
    const page = await browser.begin('alice.test', 'console', '/console/search?q=a%20b#first');
    expect(await browser.comeBack(await decideAtServer(page, credentials, 'allow'))).toBe(
      '/console/search?q=a%20b#first',
    );
  });

  test('that the person denies says so, and begins nothing', async () => {
    const browser = openBrowser(service.app);
    const page = await browser.begin('alice.test');
    const place = await browser.comeBack(await decideAtServer(page, credentials, 'deny'));
    expect(place).toBe('/console/sign-in?error=denied');
    expect((await browser.ask('GET', '/console/api/session')).json()).toEqual({});
  });
});

describe('for a clean-up', () => {
  test('the account allows deletions and nothing else, and the permission is sealed', async () => {
    const browser = openBrowser(service.app);
    expect(await browser.signIn('alice.test', credentials, 'cleanup')).toMatchObject({ mayCleanUp: true });
    const saved = await service.console.signIn.grants.peek(await sessionIdOf(browser));
    if (saved === undefined) throw new Error('there is no permission');
    const keys = await stage.redis.keys('test:console:*');
    const kinds = await Promise.all(keys.map((key) => stage.redis.type(key)));
    const texts = await stage.redis.mget(keys.filter((_key, i) => kinds[i] === 'string'));
    expect(texts.some((text) => text?.startsWith('ey'))).toBe(true);
    const { access_token: access, refresh_token: refresh = '' } = saved.tokenSet;
    for (const secret of [access, refresh, String(Reflect.get(saved.dpopJwk, 'd'))]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(texts.join()).not.toContain(secret);
      expect(service.lines.join()).not.toContain(secret);
    }
    const { data: record } = await alice.com.atproto.repo.createRecord({
      repo: alice.assertDid,
      collection: POST,
      record: { text: 'old', createdAt: '2020-01-01T00:00:00Z' },
    });
    const sessionStore = { get: () => saved, set: () => {}, del: () => {} };
    const session = await service.console.oauth?.create({ sessionStore }).restore(alice.assertDid);
    const call = async (method: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify({ repo: alice.assertDid, ...body }) };
      return (await session?.fetchHandler(`/xrpc/com.atproto.repo.${method}`, init))?.status;
    };
    const written = { text: 'new', createdAt: '2020-01-01T00:00:00Z' };
    expect(await call('createRecord', { collection: POST, record: written })).toBe(403);
    expect(await call('deleteRecord', { collection: 'app.bsky.graph.follow', rkey: 'x' })).toBe(403);
    expect(await call('deleteRecord', { collection: POST, rkey: record.uri.split('/').at(-1) })).toBe(200);
  });

  test('its permission ends with its session, unless a job has taken it', async () => {
    const before = await tokensAtServer();
    const [ending, taken] = [openBrowser(service.app), openBrowser(service.app)];
    const { csrfToken } = await ending.signIn('alice.test', credentials, 'cleanup');
    const { csrfToken: other } = await taken.signIn('alice.test', credentials, 'cleanup');
    expect(await tokensAtServer()).toBe(before + 2);
    const id = await sessionIdOf(taken);
    expect(await service.console.signIn.grants.take(id)).toBeDefined();
    expect(await service.console.signIn.grants.take(id)).toBeUndefined();
    await ending.ask('DELETE', '/console/api/session', { headers: { 'x-csrf-token': csrfToken } });
    await taken.ask('DELETE', '/console/api/session', { headers: { 'x-csrf-token': other } });
    expect(await tokensAtServer()).toBe(before + 1);
  });

  test('its permission lapses after an hour without use, and is then ended at its server', async () => {
    let at = Date.now();
    const { app, console } = await stage.startService({ now: () => at });
    const browser = openBrowser(app);
    const endLapsed = async () => {
      const once = new AbortController();
      const running = console.signIn.run(once.signal);
      once.abort();
      await running;
    };
    at += 7_200_000;
    await endLapsed(); // those of other tests
    at -= 7_200_000;
    const before = await tokensAtServer();
    await browser.signIn('alice.test', credentials, 'cleanup');
    const id = await sessionIdOf(browser);
    const mayCleanUp = async () =>
      ((await browser.ask('GET', '/console/api/session')).json() as { session: { mayCleanUp: boolean } }).session
        .mayCleanUp;
    at += 3_599_000;
    expect([await mayCleanUp(), await tokensAtServer()]).toEqual([true, before + 1]);
    at += 2_000;
    expect(await mayCleanUp()).toBe(false);
    expect(await console.signIn.grants.peek(id)).toBeUndefined();
    expect(await console.signIn.grants.take(id)).toBeUndefined();
    await endLapsed();
    expect(await tokensAtServer()).toBe(before);
    expect((await stage.redis.keys('test:console:grant*')).join()).not.toContain(id);
  });

  test('a permission for less than was asked for is none, and is given back', async () => {
    const before = await tokensAtServer();
    const browser = openBrowser(service.app);
    const page = await browser.begin('alice.test', 'cleanup');
    const fewer = 'atproto repo:app.bsky.feed.like?action=delete';
    const place = await browser.comeBack(await decideAtServer(page, credentials, 'allow', fewer));
    expect(place).toBe('/console/sign-in?error=partial');
    expect((await browser.ask('GET', '/console/api/session')).json()).toEqual({});
    expect(await tokensAtServer()).toBe(before);
  });

  test('a service without clean-ups says so', async () => {
    const browser = openBrowser((await stage.startService({ service: 'feedgen' })).app);
    await expect(browser.begin('alice.test', 'cleanup')).rejects.toThrow('503 {"error":"SignInOff"');
  });
});

describe('a sign-in that can not begin says why', () => {
  test.for([
    ['nobody.test', '400 {"error":"AccountUnknown"'],
    ['did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', '400 {"error":"AccountUnknown"'],
    ['not a handle', '400 {"error":"InvalidRequest"'],
    ['<b>@\u202ealice', '400 {"error":"InvalidRequest"'],
  ] as const)('%s', async ([handle, answer]) => {
    await expect(openBrowser(service.app).begin(handle)).rejects.toThrow(answer);
  });

  const beginAt = async (plcHost: string, did: string, purpose?: 'cleanup') =>
    openBrowser((await stage.startService({ plcHost })).app).begin(did, purpose);

  test('when the account’s server is away, refuses, has no OAuth, or is made up', async () => {
    await using away = await startAccountServer({ pds: 'http://localhost:1' });
    await using broken = await startAccountServer({ metadata: {}, onRequest: () => [500, {}] });
    await using strict = await startAccountServer({
      metadata: {},
      onRequest: () => [400, { error: 'invalid_client' }],
    });
    await using plain = await startAccountServer({});
    await using liar = await startAccountServer({ metadata: { issuer: 'https://evil.example' } });
    await using simulated = await startAccountServer({ pds: 'https://pds.example' });
    await expect(beginAt(away.url, away.did)).rejects.toThrow(/502 .*localhost:1, .* can not be reached now/);
    await expect(beginAt(broken.url, broken.did)).rejects.toThrow(/502 .* can not be reached now/);
    await expect(beginAt(strict.url, strict.did)).rejects.toThrow(/502 .* refuses to sign anybody in here/);
    await expect(beginAt(plain.url, plain.did)).rejects.toThrow(/502 .* offers no sign-in by OAuth/);
    await expect(beginAt(liar.url, liar.did)).rejects.toThrow(/502 .* offers no sign-in by OAuth/);
    await expect(beginAt(simulated.url, simulated.did)).rejects.toThrow(/502 .*pds.example is made up/);
  });

  test('when the directory is away', async () => {
    await expect(beginAt('http://127.0.0.1:1', alice.assertDid)).rejects.toThrow(/503 .*directory of accounts/);
  });

  test('and asks an older server for more only where it does not know less', async () => {
    const isKnown = (scope: string) => !scope.includes('repo:');
    await using older = await startAccountServer({
      metadata: {},
      onRequest: (scope) =>
        isKnown(scope)
          ? [201, { request_uri: 'urn:ietf:params:x', expires_in: 60 }]
          : [400, { error: 'invalid_scope' }],
    });
    const { app } = await stage.startService({ plcHost: older.url });
    const isWide = async (purpose: string) => {
      const body = { handle: older.did, purpose, returnTo: '/console/' };
      return ((await openBrowser(app).ask('POST', '/console/api/sign-in', { body })).json() as { isWide: boolean })
        .isWide;
    };
    expect([await isWide('console'), await isWide('cleanup')]).toEqual([false, true]);
    const scopes = older.asked.map((form) => form.get('scope'));
    expect(scopes).toEqual(['atproto', expect.stringContaining('repo:'), 'atproto transition:generic']);
  });

  test('and says where it stopped when the directory goes away before the end', async () => {
    const directory = await startDirectoryBefore(stage.network.plc.url);
    const before = await tokensAtServer();
    const browser = openBrowser((await stage.startService({ plcHost: directory.url })).app);
    const address = await decideAtServer(await browser.begin('alice.test'), credentials, 'allow');
    directory.close();
    expect(await browser.comeBack(address)).toBe('/console/sign-in?error=unreachable');
    expect(await tokensAtServer()).toBe(before);
  });

  test('when the service is reached from elsewhere and has no https origin', async () => {
    for (const env of [{ LISTEN: '0.0.0.0:8092' }, { PUBLIC_ORIGIN: 'http://updraft.example' }]) {
      const { app } = await stage.startService({ env, ...('LISTEN' in env && { listen: env.LISTEN }) });
      await expect(openBrowser(app).begin('alice.test')).rejects.toThrow('503 {"error":"SignInOff"');
    }
  });
});

describe('sessions', () => {
  test('are listed, and end one by one or all', async () => {
    const bob = await stage.signUp('bob');
    const signIn = async () => {
      const browser = openBrowser(service.app);
      const session = await browser.signIn('bob.test', { username: 'bob.test', password: PASSWORD });
      return { browser, headers: { 'x-csrf-token': session.csrfToken } };
    };
    const [first, second, third] = [await signIn(), await signIn(), await signIn()];
    const list = async () =>
      (
        (await first.browser.ask('GET', '/console/api/sessions')).json() as {
          sessions: { id: string; isThis: boolean }[];
        }
      ).sessions;
    expect((await list()).map(({ isThis }) => isThis)).toEqual([false, false, true]);
    const id = await sessionIdOf(second.browser);
    const url = '/console/api/sessions';
    const { headers } = first;
    expect((await first.browser.ask('DELETE', `${url}?id=${id}`, { headers })).json()).toEqual({ ended: 1 });
    expect((await second.browser.ask('GET', '/who')).json()).toEqual({});
    expect((await first.browser.ask('DELETE', `${url}?id=${id}`, { headers })).status).toBe(404);
    expect((await first.browser.ask('DELETE', url, { headers })).json()).toEqual({ ended: 2 });
    expect((await third.browser.ask('GET', '/who')).json()).toEqual({});
    expect((await first.browser.ask('GET', url)).status).toBe(401);
    expect(bob.assertDid).not.toBe(alice.assertDid);
  });

  test('end with the account, which pnpm admin erase forgets', async () => {
    const browser = openBrowser(service.app);
    await browser.signIn('alice.test', credentials, 'cleanup');
    const keys = async () => (await stage.redis.keys('test:console:*')).join();
    const id = await sessionIdOf(browser);
    expect(await keys()).toContain(`grant:${id}`);
    await eraseSessions(stage.redis, 'test', [alice.assertDid, 'did:web:nobody.example']);
    expect(await browser.ask('GET', '/who').then((answer) => answer.json())).toEqual({});
    expect(await keys()).not.toContain(id);
    expect(await keys()).not.toContain(alice.assertDid);
  });

  test('end 14 days after they began, or after 3 days without use', async () => {
    let at = Date.now();
    const { app } = await stage.startService({ now: () => at });
    const browser = openBrowser(app);
    await browser.signIn('alice.test', credentials);
    const isSignedIn = async () => ((await browser.ask('GET', '/who')).json() as { who?: object }).who !== undefined;
    const day = 86_400_000;
    for (let days = 0; days < 14; days += 2) {
      expect(await isSignedIn()).toBe(true);
      at += 2 * day;
    }
    expect(await isSignedIn()).toBe(false);
    await browser.signIn('alice.test', credentials);
    at += 3 * day - 1_000;
    expect(await isSignedIn()).toBe(true);
    at += 3 * day;
    expect(await isSignedIn()).toBe(false);
  });

  test('end in 14 days also where they began by a clock that was wrong, and do not end in use when it is put right', async () => {
    const day = 86_400_000;
    let at = Date.now() + 3_650 * day;
    const { app } = await stage.startService({ now: () => at });
    const browser = openBrowser(app);
    await browser.signIn('alice.test', credentials);
    const isSignedIn = async () => ((await browser.ask('GET', '/who')).json() as { who?: object }).who !== undefined;
    at = Date.now();
    for (let days = 0; days < 14; days += 2) {
      expect([days, await isSignedIn()]).toEqual([days, true]);
      at += 2 * day;
    }
    expect(await isSignedIn()).toBe(false);
  });

  test('that Redis has lost from its list end with all others once they were used', async () => {
    let at = Date.now();
    const { app } = await stage.startService({ now: () => at });
    const browser = openBrowser(app);
    const { csrfToken } = await browser.signIn('alice.test', credentials);
    await stage.redis.del(`test:console:sessions:${alice.assertDid}`);
    at += 60_000;
    await browser.ask('GET', '/who');
    const headers = { 'x-csrf-token': csrfToken };
    expect((await browser.ask('DELETE', '/console/api/sessions', { headers })).json()).toEqual({ ended: 1 });
    expect((await browser.ask('GET', '/console/api/session')).json()).toEqual({});
  });

  test('survive a restart of the service, and wait for Redis without a word to those who are not signed in', async () => {
    const browser = openBrowser(service.app);
    await browser.signIn('alice.test', credentials);
    const restarted = await stage.startService();
    const again = openBrowser(restarted.app);
    for (const [name, value] of browser.cookies) again.cookies.set(name, value);
    expect((await again.ask('GET', '/who')).json()).toMatchObject({ who: { did: alice.assertDid } });
    await stage.database.redis.kill();
    const answer = await again.ask('GET', '/console/api/session');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    const stranger = openBrowser(restarted.app);
    expect((await stranger.ask('GET', '/console/api/session')).json()).toEqual({});
    expect((await stranger.ask('GET', '/console/api/config')).status).toBe(200);
    await expect(stranger.begin('alice.test')).rejects.toThrow('503');
    await stage.database.redis.revive();
    await expect.poll(async () => (await again.ask('GET', '/console/api/session')).status).toBe(200);
  });
});
