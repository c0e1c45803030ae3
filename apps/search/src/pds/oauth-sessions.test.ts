import {
  type NodeOAuthClient,
  type NodeSavedSession,
  type NodeSavedSessionStore,
  OAuthResponseError,
  TokenRefreshError,
} from '@atproto/oauth-client-node';
import { describe, expect, test } from 'vitest';
import { createOAuthSessions } from './oauth-sessions.ts';
import type { PdsRequest } from './pds-client.ts';

const DID = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';
const saved = (name: string): object => ({ dpopJwk: {}, tokenSet: { sub: DID, refresh_token: name } });
const holder = { did: DID, pds: 'https://pds.example', secret: JSON.stringify(saved('first')) };
const { signal } = new AbortController();

/** Sessions whose client does this instead of asking a server. */
function sessionsOf(restore: (store: NodeSavedSessionStore) => Promise<object>, status = 200) {
  const client = {
    call: async (request: PdsRequest) => {
      const response = await request.send?.('https://elsewhere.example/xrpc/m?a=b', {});
      expect(response?.status).toBe(status);
      return { body: {}, characters: 2, rate: { remaining: undefined, resetAtMs: undefined } };
    },
  };
  const createOAuthClient = (store: NodeSavedSessionStore) =>
    ({ restore: () => restore(store) }) as unknown as NodeOAuthClient;
  return createOAuthSessions({ client, createOAuthClient });
}

const open = (restore: (store: NodeSavedSessionStore) => Promise<object>, save = async (_secret: string) => {}) =>
  sessionsOf(restore).open(holder, save, signal);

describe('a session of OAuth', () => {
  test('has renewed tokens stored before it goes on, again and again while that fails', async () => {
    const told: string[] = [];
    let failures = 2;
    const save = async (secret: string) => {
      if (failures-- > 0) throw new Error('the store is away');
      told.push(`stored ${(JSON.parse(secret) as NodeSavedSession).tokenSet.refresh_token}`);
    };
    await open(async (store) => {
      expect(await store.get(DID)).toEqual(saved('first'));
      await store.set(DID, saved('second') as NodeSavedSession);
      told.push('goes on');
      expect(await store.get(DID)).toEqual(saved('second'));
      return {};
    }, save);
    expect(told).toEqual(['stored second', 'goes on']);
  });

  test('is over when its server says so, and only then', async () => {
    const failing = (error: Error) =>
      open(async () => {
        throw error;
      });
    const answer = (status: number) => new OAuthResponseError(new Response('', { status }), {});
    await expect(failing(new TokenRefreshError(DID, 'revoked'))).rejects.toMatchObject({ fault: 'unauthorized' });
    await expect(failing(answer(429))).rejects.toMatchObject({ fault: 'limited' });
    for (const error of [answer(500), answer(400), new TypeError('fetch failed')])
      await expect(failing(error)).rejects.toMatchObject({ fault: 'unavailable' });
  });

  test('sends its tokens to its own server only, and asks it about a refusal', async () => {
    const [paths, renewals]: [string[], unknown[]] = [[], []];
    const session = (status: number, renew: () => Promise<object>) => ({
      getTokenInfo: (refresh?: boolean) => {
        if (refresh === undefined) return Promise.resolve({ aud: 'https://pds.example/' });
        renewals.push(refresh);
        return renew();
      },
      fetchHandler: async (path: string) => (paths.push(path), new Response('{}', { status })),
    });
    const deleteBy = async (given: object) => (await open(async () => given)).deleteRecords([], signal);
    await deleteBy(session(200, async () => ({})));
    expect([paths, renewals]).toEqual([['/xrpc/m?a=b'], []]);
    await expect(deleteBy(session(401, async () => ({})))).rejects.toMatchObject({ fault: 'unavailable' });
    const over = async () => {
      throw new TokenRefreshError(DID, 'revoked');
    };
    await expect(deleteBy(session(401, over))).rejects.toMatchObject({ fault: 'unauthorized' });
    expect(renewals).toEqual([true, true]);
    const former = { ...session(200, over), getTokenInfo: async () => ({ aud: 'https://former.example/' }) };
    await expect(deleteBy(former)).rejects.toMatchObject({
      fault: 'unauthorized',
      message: expect.stringContaining('moved'),
    });
    expect(paths.length).toBe(3);
  });
});
