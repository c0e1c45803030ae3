import type { AtpAgent } from '@atproto/api';
import type { HttpServer } from '@updraft/service';
import { type ConsoleBrowser, openBrowser } from '../console/headless-sign-in.ts';
import { BOUNDARY_DAYS } from './account.ts';

/** The owner of an account in a browser at the console. */
export interface ConsoleOwner {
  readonly did: string;
  readonly browser: ConsoleBrowser;
  signIn(purpose?: 'console' | 'cleanup'): Promise<void>;
  /** POST /repo/cleanup of what is older than BOUNDARY_DAYS. */
  start(more?: object): Promise<Told>;
  jobs(query?: string): Promise<Told>;
  cancel(jobId: string): Promise<Told>;
  signOut(): Promise<void>;
}

export interface Told {
  readonly status: number;
  readonly body: never;
}

export interface ConsoleOwnerOptions {
  readonly agent: AtpAgent;
  readonly handle: string;
  readonly password: string;
  /** Where the service listens now: it may be restarted elsewhere. */
  readonly url: () => string;
}

export function createConsoleOwner({ agent, handle, password, url }: ConsoleOwnerOptions): ConsoleOwner {
  const browser = openBrowser(overHttp(url));
  let csrf = '';
  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Told> => {
    const headers = method === 'GET' ? {} : { 'x-csrf-token': csrf };
    const answer = await browser.ask(method, path, { headers, ...(body !== undefined && { body }) });
    return { status: answer.status, body: answer.json() };
  };
  return {
    did: agent.assertDid,
    browser,
    signIn: async (purpose = 'cleanup') => {
      csrf = (await browser.signIn(agent.assertDid, { username: handle, password }, purpose)).csrfToken;
    },
    start: (more = {}) =>
      ask('POST', '/repo/cleanup', {
        cleanup_types: ['post', 'like', 'repost'],
        delete_until_days_ago: BOUNDARY_DAYS,
        ...more,
      }),
    jobs: (query = '') => ask('GET', `/repo/cleanup${query}`),
    cancel: (jobId) => ask('DELETE', `/repo/cleanup?job_id=${jobId}`),
    signOut: async () => void (await ask('DELETE', '/console/api/session')),
  };
}

/** A service of another process, for what injects its requests. */
function overHttp(url: () => string): HttpServer {
  const inject = async ({ method, url: path, headers, payload }: Injected) => {
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${url()}${path}`, {
      method,
      headers: { ...headers, ...type },
      redirect: 'manual',
      ...(payload !== undefined && { body: JSON.stringify(payload) }),
    });
    const cookies = response.headers.getSetCookie().map((line) => {
      const [, name = '', value = '', rest = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? [];
      return { name, value, ...(/max-age=0\b/i.test(rest) && { maxAge: 0 }) };
    });
    const body = await response.text();
    return { statusCode: response.status, headers: Object.fromEntries(response.headers), body, cookies };
  };
  return { inject } as unknown as HttpServer;
}

interface Injected {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: object;
}
