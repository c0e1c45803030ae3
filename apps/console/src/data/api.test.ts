import type { SessionView } from '@updraft/console-api/views';
import { afterEach, expect, test, vi } from 'vitest';
import { createApi } from './api.ts';

const session = (did: string, csrfToken: string): SessionView => ({
  did,
  handle: '',
  csrfToken,
  mayCleanUp: true,
  roles: { isOperator: false, hostOf: [], moderatorOf: [] },
});
let tokens: (string | null)[] = [];
/** A server that takes the token `right`. */
function serve(right: string): void {
  tokens = [];
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('fetch', async (_url: string, { headers }: RequestInit) => {
    const token = new Headers(headers).get('x-csrf-token');
    tokens.push(token);
    return Response.json({}, { status: token === right ? 200 : 403 });
  });
}
afterEach(() => vi.unstubAllGlobals());

const before = session('did:plc:a', 'old');
const send = (now: SessionView | undefined) =>
  createApi({ session: () => before, reload: async () => now }).sendJson('POST', '/repo/cleanup', {});

test('a change goes on with the account’s new session, and never with another account’s', async () => {
  serve('new');
  await send(session('did:plc:a', 'new'));
  expect(tokens).toEqual(['old', 'new']);
  for (const now of [session('did:plc:b', 'new'), undefined, before]) {
    serve('new');
    await expect(send(now)).rejects.toMatchObject({ status: 403 });
    expect(tokens).toEqual(['old']);
  }
});

test('an answer that takes long comes in the last of its lines, and is nothing when they break off', async () => {
  const answer = async (...lines: object[]) => {
    vi.stubGlobal('fetch', async () => {
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      return new Response(text, { headers: { 'content-type': 'application/x-ndjson' } });
    });
    return createApi({ session: () => before, reload: async () => before }).sendJson('POST', '/repo/cleanup', {});
  };
  const waiting = { waiting: true };
  expect(await answer(waiting, waiting, { status: 200, body: { a: 1 } })).toEqual({ a: 1 });
  const body = { error: 'MoreThanConfirmed', message: 'there is more' };
  await expect(answer(waiting, { status: 409, body })).rejects.toMatchObject({
    status: 409,
    message: 'There is more.',
  });
  await expect(answer(waiting)).rejects.toMatchObject({ status: 0, message: expect.stringContaining('broke off') });
});
