import { request as send } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { HttpServer } from '@updraft/service';

/** How a person signs in at the server of their account. */
export interface Credentials {
  /** A handle. */
  readonly username: string;
  readonly password: string;
}

/** What the person does there. */
export type Decision = 'allow' | 'deny';

/**
 * Goes through the pages of a PDS's OAuth server, as its own pages do by its HTTP API. `page` is what POST /console/api/sign-in answers;
 * gives the address that it leads back to.
 */
export async function decideAtServer(
  page: string,
  { username, password }: Credentials,
  decision: Decision,
  /** What is allowed, where it is less than what is asked for. */
  scope?: string,
): Promise<string> {
  const server = createPages(page);
  await server.open(page, 'cross-site');
  const { account, ephemeralToken } = await server.call<{ account: { did: string }; ephemeralToken: string }>(
    'sign-in',
    { locale: 'en', username, password, remember: false },
  );
  const { url } =
    decision === 'allow'
      ? await server.call<{ url: string }>(
          'consent',
          { did: account.did, ...(scope !== undefined && { scope }) },
          ephemeralToken,
        )
      : await server.call<{ url: string }>('reject', {});
  const { headers } = await server.open(url, 'same-origin');
  if (headers.location === undefined) throw new Error(`${url} leads nowhere`);
  return headers.location;
}

/** A browser at our console: it keeps cookies, and sends what a page of the console sends. */
export interface ConsoleBrowser {
  readonly cookies: Map<string, string>;
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, options?: AskOptions): Promise<ConsoleAnswer>;
  /** As the page of signing in does: gives the page of the account's server. */
  begin(handle: string, purpose?: 'console' | 'cleanup', returnTo?: string): Promise<string>;
  /** Follows the way back; gives where it leads to. */
  comeBack(address: string): Promise<string>;
  /** All steps; gives the session. */
  signIn(handle: string, credentials: Credentials, purpose?: 'console' | 'cleanup'): Promise<SignedInView>;
}

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface ConsoleAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  json(): never;
}

export interface SignedInView {
  readonly did: string;
  readonly handle: string;
  readonly csrfToken: string;
  readonly mayCleanUp: boolean;
}

/** Requests are injected into `app`, from an address of its own unless one is named. */
export function openBrowser(app: HttpServer, caller = anyAddress()): ConsoleBrowser {
  const cookies = new Map<string, string>();
  const ask: ConsoleBrowser['ask'] = async (method, url, { headers = {}, body } = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = { 'user-agent': 'headless', ...(cookie !== '' && { cookie }), ...headers };
    const payload = body === undefined ? {} : { payload: body };
    const reply = await app.inject({ method, url, headers: sent, remoteAddress: caller, ...payload });
    for (const { name, value, maxAge } of reply.cookies) {
      if (maxAge === 0) cookies.delete(name);
      else cookies.set(name, value);
    }
    const { statusCode: status, body: text } = reply;
    return { status, headers: reply.headers, text, json: () => JSON.parse(text) as never };
  };
  const begin: ConsoleBrowser['begin'] = async (handle, purpose = 'console', returnTo = '/console/') => {
    const answer = await ask('POST', '/console/api/sign-in', { body: { handle, purpose, returnTo } });
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return (answer.json() as { redirect: string }).redirect;
  };
  const comeBack: ConsoleBrowser['comeBack'] = async (address) => {
    const { pathname, search } = new URL(address);
    return String((await ask('GET', `${pathname}${search}`)).headers['location']);
  };
  const signIn: ConsoleBrowser['signIn'] = async (handle, credentials, purpose) => {
    const page = await begin(handle, purpose);
    const place = await comeBack(await decideAtServer(page, credentials, 'allow'));
    if (place !== '/console/') throw new Error(`signing in leads to ${place}`);
    return ((await ask('GET', '/console/api/session')).json() as { session: SignedInView }).session;
  };
  return { cookies, ask, begin, comeBack, signIn };
}

function anyAddress(): string {
  return `10.${[1, 2, 3].map(() => Math.floor(Math.random() * 256)).join('.')}`;
}

const API = '/@atproto/oauth-provider/~api/';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** A browser at the account's server. */
function createPages(page: string) {
  const cookies = new Map<string, string>();
  const ask = async (url: string, method: string, headers: Record<string, string>, body?: object): Promise<Reply> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const reply = await exchange(url, method, { accept: '*/*', cookie, ...type, ...headers }, body);
    for (const line of reply.setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return reply;
  };
  return {
    open: (url: string, site: string) =>
      ask(url, 'GET', {
        'sec-fetch-site': site,
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...(site === 'same-origin' && { referer: page }),
      }),
    call: async <T>(name: string, body: object, bearer?: string): Promise<T> => {
      const { origin } = new URL(page);
      const same = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'empty' };
      const token = { 'x-csrf-token': cookies.get('csrf-token') ?? '' };
      const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
      const headers = { ...same, ...token, ...authorization, origin, referer: page };
      const { status, text } = await ask(`${origin}${API}${name}`, 'POST', headers, body);
      if (status !== 200) throw new Error(`${name}: ${status} ${text}`);
      return JSON.parse(text) as T;
    },
  };
}

/** Node's fetch sets headers of its own where a browser's are meant. */
function exchange(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<Reply & { setCookies: readonly string[] }> {
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers }, (response) => {
      const { 'set-cookie': setCookies = [], ...others } = response.headers;
      const reply = { status: response.statusCode ?? 0, headers: others as Reply['headers'], setCookies };
      readText(response).then((text) => resolve({ ...reply, text }), reject);
    });
    request.once('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
