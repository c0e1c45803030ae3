import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleBrowser, decideAtServer, openBrowser } from './console/headless-sign-in.ts';
import { type ConsoleService, type ConsoleStage, PASSWORD, startConsoleStage } from './console/stage.ts';

// What an attacker may try against those who sign in to the console, a line each.

const ORIGIN = 'http://127.0.0.1:8092';
const OTHER = 'http://127.0.0.1:8094';
const credentialsOf = (name: string) => ({ username: `${name}.test`, password: PASSWORD });
const SESSION = '/console/api/session';
const OTHER_ACCOUNT = '/console/sign-in?error=other-account';
const FAILED = '/console/sign-in?error=failed';
const EXPIRED = '/console/sign-in?error=expired';

let stage: ConsoleStage;
let service: ConsoleService;
let victim: ConsoleBrowser;
let csrfToken: string;
let attacker: { browser: ConsoleBrowser; csrfToken: string };

beforeAll(async () => {
  stage = await startConsoleStage();
  await Promise.all([stage.signUp('victim'), stage.signUp('mallory')]);
  service = await stage.startService({ env: { FEEDGEN_ORIGIN: OTHER } });
  victim = openBrowser(service.app);
  ({ csrfToken } = await victim.signIn('victim.test', credentialsOf('victim')));
  const browser = openBrowser(service.app);
  attacker = { browser, csrfToken: (await browser.signIn('mallory.test', credentialsOf('mallory'))).csrfToken };
});
afterAll(() => stage[Symbol.asyncDispose]());

/** What servers have brought back. */
const comings: URL[] = [];

async function whoIs(browser: ConsoleBrowser): Promise<string | undefined> {
  return ((await browser.ask('GET', SESSION)).json() as { session?: { handle: string } }).session?.handle;
}

/** An approved sign-in on its way back. */
async function comingBack(browser: ConsoleBrowser, name: string): Promise<URL> {
  const address = new URL(await decideAtServer(await browser.begin(`${name}.test`), credentialsOf(name), 'allow'));
  comings.push(address);
  return address;
}

function withParameter(address: URL, name: string, value: string | undefined): string {
  const changed = new URL(address);
  if (value === undefined) changed.searchParams.delete(name);
  else changed.searchParams.set(name, value);
  return changed.href;
}

describe('a change in the name of somebody who is signed in', () => {
  const own = { 'sec-fetch-site': 'same-origin', origin: ORIGIN };
  test.for([
    ['without a token', () => own],
    ['with a wrong token', () => ({ ...own, 'x-csrf-token': 'a'.repeat(43) })],
    ['with the token of another session', () => ({ ...own, 'x-csrf-token': attacker.csrfToken })],
    ['from another site', () => ({ 'sec-fetch-site': 'cross-site', 'x-csrf-token': csrfToken })],
    ['from another port of this machine', () => ({ 'sec-fetch-site': 'same-site', 'x-csrf-token': csrfToken })],
    ['from another origin, by an old browser', () => ({ origin: 'https://evil.example', 'x-csrf-token': csrfToken })],
    ['from a page without an origin', () => ({ origin: 'null', 'x-csrf-token': csrfToken })],
  ] as const)('is refused %s', async ([, headers]) => {
    for (const method of ['POST', 'DELETE'] as const)
      expect((await victim.ask(method, '/who', { headers: headers() })).status).toBe(403);
    expect((await victim.ask('DELETE', SESSION, { headers: headers() })).status).toBe(403);
    expect(await whoIs(victim)).toBe('victim.test');
  });

  test('is taken from a page of the session', async () => {
    const headers = { ...own, 'x-csrf-token': csrfToken };
    expect((await victim.ask('POST', '/who', { headers })).json()).toMatchObject({ who: {} });
  });
});

describe('a sign-in that another site begins', () => {
  const body = { handle: 'mallory.test', purpose: 'console', returnTo: '/console/' };
  test.for([
    ['by fetch', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, body],
    ['by an old browser', { origin: 'https://evil.example' }, body],
    ['by a form', { 'content-type': 'text/plain' }, JSON.stringify(body)],
    ['by a form of fields', { 'content-type': 'application/x-www-form-urlencoded' }, 'handle=mallory.test'],
  ] as const)('is refused %s', async ([, headers, payload]) => {
    const reply = await service.app.inject({ method: 'POST', url: '/console/api/sign-in', headers, payload });
    expect([403, 415]).toContain(reply.statusCode);
    expect(reply.cookies).toEqual([]);
  });
});

describe('a way back', () => {
  test.for([
    'https://evil.example/',
    '//evil.example/',
    String.raw`/\evil.example/`,
    String.raw`/console/\evil.example`,
    '/console/../../evil',
    '/console/%2e%2e/evil',
    '/console',
    '/evil',
    'javascript:alert(1)',
    '/console/\r\nset-cookie: a=b',
    '/\t/evil.example',
    '',
  ])('never leads to %j', async (returnTo) => {
    const body = { handle: 'victim.test', purpose: 'console', returnTo };
    const { app } = await stage.startService();
    expect((await openBrowser(app).ask('POST', '/console/api/sign-in', { body })).status).toBe(400);
  });
});

describe('what comes back from an account’s server', () => {
  test('counts only in the browser that began the sign-in', async () => {
    const address = await comingBack(attacker.browser, 'mallory');
    const other = openBrowser(service.app);
    expect(await other.comeBack(address.href)).toBe(EXPIRED);
    expect(await whoIs(other)).toBeUndefined();
    await victim.begin('victim.test');
    expect(await victim.comeBack(address.href)).toBe(FAILED);
    expect(await whoIs(victim)).toBe('victim.test');
  });

  test('counts once', async () => {
    const browser = openBrowser(service.app);
    const address = await comingBack(browser, 'victim');
    const kept = new Map(browser.cookies);
    expect(await browser.comeBack(address.href)).toBe('/console/');
    for (const [name, value] of kept) browser.cookies.set(name, value);
    expect(await browser.comeBack(address.href)).toBe(EXPIRED);
  });

  test('counts once when it comes twice at the same time', async () => {
    const browser = openBrowser(service.app);
    const address = await comingBack(browser, 'victim');
    const twin = openBrowser(service.app);
    for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
    const places = await Promise.all([browser, twin].map((each) => each.comeBack(address.href)));
    expect(places.toSorted()).toEqual(['/console/', EXPIRED]);
  });

  test('is refused from another issuer, and without one', async () => {
    for (const iss of ['https://evil.example', undefined]) {
      const browser = openBrowser(service.app);
      const address = await comingBack(browser, 'victim');
      expect(await browser.comeBack(withParameter(address, 'iss', iss))).toBe(FAILED);
      expect(await whoIs(browser)).toBeUndefined();
    }
  });

  test.for(['state', 'code'])('is refused with another or no %s', async (name) => {
    for (const value of ['another', undefined]) {
      const browser = openBrowser(service.app);
      const address = await comingBack(browser, 'victim');
      expect(await browser.comeBack(withParameter(address, name, value))).toBe(FAILED);
      expect(await whoIs(browser)).toBeUndefined();
    }
  });

  test('with another state does not end the sign-in under way', async () => {
    const browser = openBrowser(service.app);
    const address = await comingBack(browser, 'victim');
    expect(await browser.comeBack(withParameter(address, 'state', 'another'))).toBe(FAILED);
    expect(await browser.comeBack(address.href)).toBe('/console/');
  });

  test('is refused for another account than the one that was asked for', async () => {
    const browser = openBrowser(service.app);
    const page = await browser.begin('victim.test');
    expect(await browser.comeBack(await decideAtServer(page, credentialsOf('mallory'), 'allow'))).toBe(OTHER_ACCOUNT);
    expect(await whoIs(browser)).toBeUndefined();
  });

  test.for(['/oauth/callback', '/oauth/callback?state=&code=', `/oauth/callback?state=${'a'.repeat(4_000)}`])(
    'is refused as %.30s',
    async (url) => {
      expect((await openBrowser(service.app).ask('GET', url)).headers['location']).toBe(EXPIRED);
    },
  );
});

describe('a session', () => {
  test('is never one that was there before the sign-in, which ends the former one', async () => {
    const browser = openBrowser(service.app);
    const planted = attacker.browser.cookies.get('updraft_session') ?? '';
    browser.cookies.set('updraft_session', planted);
    await browser.signIn('victim.test', credentialsOf('victim'));
    expect(browser.cookies.get('updraft_session')).not.toBe(planted);
    expect(await whoIs(browser)).toBe('victim.test');
    expect(await whoIs(attacker.browser)).toBeUndefined();
  });

  test.for(['', 'a', 'a'.repeat(43), '../session', '*', '"', 'a'.repeat(10_000), '%00'])(
    'is none for %.20j',
    async (value) => {
      const browser = openBrowser(service.app);
      browser.cookies.set('updraft_session', value);
      expect(await whoIs(browser)).toBeUndefined();
    },
  );

  test('is not opened by what Redis or its list of sessions knows', async () => {
    const { sessions } = (await victim.ask('GET', '/console/api/sessions')).json() as { sessions: { id: string }[] };
    const keys = (await stage.redis.keys('test:console:session:*')).map((key) => key.split(':').at(-1) ?? '');
    expect(keys).toEqual(expect.arrayContaining(sessions.map(({ id }) => id)));
    for (const id of keys) {
      const browser = openBrowser(service.app);
      browser.cookies.set('updraft_session', id);
      expect(await whoIs(browser)).toBeUndefined();
    }
    expect(JSON.stringify(await stage.redis.keys('*'))).not.toContain(victim.cookies.get('updraft_session'));
  });

  test('of another account can not be ended', async () => {
    const mallory = openBrowser(service.app);
    const { csrfToken: token } = await mallory.signIn('mallory.test', credentialsOf('mallory'));
    const { sessions } = (await victim.ask('GET', '/console/api/sessions')).json() as { sessions: { id: string }[] };
    const headers = { 'x-csrf-token': token };
    for (const { id } of sessions)
      expect((await mallory.ask('DELETE', `/console/api/sessions?id=${id}`, { headers })).status).toBe(404);
    expect(await whoIs(victim)).toBe('victim.test');
  });

  test('is worth nothing once it has ended', async () => {
    const browser = openBrowser(service.app);
    const session = await browser.signIn('victim.test', credentialsOf('victim'));
    const kept = new Map(browser.cookies);
    await browser.ask('DELETE', SESSION, { headers: { 'x-csrf-token': session.csrfToken } });
    expect(browser.cookies.size).toBe(0);
    for (const [name, value] of kept) browser.cookies.set(name, value);
    expect(await whoIs(browser)).toBeUndefined();
  });

  test('has cookies that neither scripts nor other sites get, and with https neither other hosts', async () => {
    const browser = openBrowser(service.app);
    const body = { handle: 'victim.test', purpose: 'console', returnTo: '/console/' };
    const begun = await browser.ask('POST', '/console/api/sign-in', { body });
    expect(begun.headers['set-cookie']).toMatch(
      /^updraft_sign_in=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const { app } = await stage.startService({ env: { PUBLIC_ORIGIN: 'https://updraft.example' } });
    const ended = await openBrowser(app).ask('DELETE', SESSION);
    expect(ended.headers['set-cookie']).toMatch(
      /^__Host-updraft_session=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });
});

describe('nobody', () => {
  test('begins more than ten sign-ins at once', async () => {
    const browser = openBrowser((await stage.startService()).app, '192.0.2.7');
    const body = { handle: 'not a handle', purpose: 'console', returnTo: '/console/' };
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await browser.ask('POST', '/console/api/sign-in', { body })).status);
    expect(statuses).toEqual([...Array(10).fill(400), 429]);
  });

  test('finds a secret in the log', () => {
    const log = service.lines.join('');
    expect(service.lines.length).toBeGreaterThan(5);
    for (const secret of [csrfToken, attacker.csrfToken, PASSWORD, ...victim.cookies.values()])
      expect(log).not.toContain(secret);
    for (const came of comings)
      for (const name of ['code', 'state']) expect(log).not.toContain(came.searchParams.get(name));
    expect(log).not.toMatch(/code=|state=|access_token|refresh_token|DPoP ey/);
  });

  test('reads an answer from another origin with the victim’s cookie', async () => {
    const headers = { origin: 'https://evil.example' };
    const answer = await victim.ask('GET', SESSION, { headers });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});
