import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AccountServer, type AccountServerOptions, startAccountServer, VICTIM } from './console/account-server.ts';
import { type ConsoleBrowser, openBrowser } from './console/headless-sign-in.ts';
import { type ConsoleStage, startConsoleStage } from './console/stage.ts';

// An account's server is whoever its owner chose: what it may say, and to whom it may lead us.

const FAILED = '/console/sign-in?error=failed';
const TOKENS = { access_token: 'access', refresh_token: 'refresh', token_type: 'DPoP', scope: 'atproto' };
const CLEANUP = `${TOKENS.scope} transition:generic`;

let stage: ConsoleStage;
beforeAll(async () => {
  stage = await startConsoleStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

interface Attempt extends AsyncDisposable {
  readonly server: AccountServer;
  readonly browser: ConsoleBrowser;
  begin(): Promise<string>;
  /** As the server leads back. */
  comeBack(): Promise<string>;
}

async function attempt(options: AccountServerOptions, isGuarded = false): Promise<Attempt> {
  const server = await startAccountServer({ metadata: {}, ...options });
  const { app } = await stage.startService({ plcHost: server.url, isGuarded });
  const browser = openBrowser(app);
  return {
    server,
    browser,
    begin: () => browser.begin(server.did, 'cleanup'),
    comeBack: () => {
      const state = server.asked.at(-1)?.get('state') ?? '';
      const query = new URLSearchParams({ state, iss: server.url, code: 'code' });
      return browser.comeBack(`${server.url}/oauth/callback?${query.toString()}`);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function sessionOf(browser: ConsoleBrowser): Promise<object> {
  return (await browser.ask('GET', '/console/api/session')).json();
}

describe('a server', () => {
  test('that says the truth signs its account in', async () => {
    let did = '';
    await using honest = await attempt({ onCode: () => ({ ...TOKENS, sub: did, scope: CLEANUP }) });
    ({ did } = honest.server);
    await honest.begin();
    expect(await honest.comeBack()).toBe('/console/');
    expect(await sessionOf(honest.browser)).toMatchObject({ session: { did, mayCleanUp: true } });
  });

  test.for([
    ['another account of it', VICTIM, '/console/sign-in?error=other-account'],
    ['an account that nobody knows', 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaz', '/console/sign-in?error=unreachable'],
    ['no account', undefined, FAILED],
    ['what is no DID', '__proto__', FAILED],
  ] as const)('does not sign in %s', async ([, sub, place]) => {
    await using liar = await attempt({ onCode: () => ({ ...TOKENS, scope: CLEANUP, sub }) });
    await liar.begin();
    expect(await liar.comeBack()).toBe(place);
    expect(await sessionOf(liar.browser)).toEqual({});
  });

  test('that is no longer the account’s own does not sign it in', async () => {
    let did = '';
    await using former = await attempt({ onCode: () => ({ ...TOKENS, sub: did }) });
    ({ did } = former.server);
    await using present = await startAccountServer({ metadata: {} });
    await former.begin();
    former.server.move(present.url);
    expect(await former.comeBack()).toBe(FAILED);
    expect(await sessionOf(former.browser)).toEqual({});
  });

  test('fills no memory and no store', async () => {
    const long = 'x'.repeat(40_000);
    await using chatty = await attempt({ metadata: { scopes_supported: [long, long] } });
    await expect(chatty.begin()).rejects.toThrow('502 {"error":"AccountServerUnavailable"');
    await using far = await attempt({ metadata: { authorization_endpoint: `https://pds.example/${long}` } });
    await expect(far.begin()).rejects.toThrow('502 {"error":"AccountServerUnavailable"');
    let did = '';
    await using heavy = await attempt({ onCode: () => ({ ...TOKENS, access_token: long, sub: did, scope: CLEANUP }) });
    ({ did } = heavy.server);
    await heavy.begin();
    expect(await heavy.comeBack()).toBe(FAILED);
    const texts = await Promise.all((await stage.redis.keys('test:console:*')).map((key) => stage.redis.dump(key)));
    expect(Math.max(0, ...texts.map((text) => text?.length ?? 0))).toBeLessThan(20_000);
  });

  test.for(['/.well-known/oauth-protected-resource', '/.well-known/oauth-authorization-server', '/oauth/par'])(
    'can not lead us on from %s',
    async (path) => {
      await using inside = await startAccountServer({ metadata: {} });
      await using leading = await attempt({ leadsOn: { [path]: `${inside.url}${path}` } });
      await expect(leading.begin()).rejects.toThrow('502 {"error":"AccountServerUnavailable"');
      expect(inside.paths).toEqual([]);
    },
  );

  test.for(['javascript:alert(1)//', 'data:text/html,x', 'ftp://pds.example/', 'http://pds.example/authorize'])(
    'can not send anybody to %s',
    async (page) => {
      await using liar = await attempt({ metadata: { authorization_endpoint: page } });
      await expect(liar.begin()).rejects.toThrow('502 {"error":"AccountServerUnavailable"');
    },
  );

  test.for([
    'https://127.0.0.1',
    'https://[::1]',
    'https://169.254.169.254',
    'https://localhost',
    'https://10.0.0.1',
    '',
  ])('is not asked at %s, which is inside', async (pds) => {
    await using inner = await attempt({ ...(pds !== '' && { pds }) }, true);
    await expect(inner.begin()).rejects.toThrow('502 {"error":"AccountServerUnavailable"');
    expect(new Set(inner.server.paths)).toEqual(new Set([`/${inner.server.did}`]));
  });
});
