import type { AtpAgent } from '@atproto/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decideAtServer, openBrowser } from './console/headless-sign-in.ts';
import { type ConsoleService, type ConsoleStage, PASSWORD, startConsoleStage } from './console/stage.ts';

let stage: ConsoleStage;
let service: ConsoleService;
let alice: AtpAgent;
const credentials = { username: 'alice.test', password: PASSWORD };

beforeAll(async () => {
  stage = await startConsoleStage();
  alice = await stage.signUp('alice');
  service = await stage.startService({ env: { CONSOLE_OPERATORS: alice.assertDid } });
});
afterAll(() => stage[Symbol.asyncDispose]());

describe('signing in', () => {
  test('begins a session for the account, which the services of one Redis know', async () => {
    const browser = openBrowser(service.app);
    const session = await browser.signIn('alice.test', credentials);
    expect(session).toMatchObject({ did: alice.assertDid, handle: 'alice.test', mayCleanUp: false });
    const other = await stage.startService({ service: 'feedgen' });
    const elsewhere = openBrowser(other.app);
    for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value);
    expect((await elsewhere.ask('GET', '/who')).json()).toMatchObject({ who: { did: alice.assertDid } });
  });
});
