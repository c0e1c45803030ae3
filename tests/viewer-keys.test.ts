import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account, Directory } from './feedgen/directory.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, uris } from './feedgen/stage.ts';
import { bearer, sign } from './feedgen/tokens.ts';
import { POST, startViewerStage, type ViewerStage } from './feedgen/viewers.ts';

let viewers: ViewerStage;
let feeds: Instance;
let directory: Directory;
let viewer: Account;
let other: Account;

beforeAll(async () => {
  viewers = await startViewerStage();
  ({ directory, feeds, viewer, other } = viewers);
});
afterAll(() => viewers[Symbol.asyncDispose]());

describe("viewers' keys", () => {
  test('that were rotated are good at once, and the old ones no longer', async () => {
    const account = await directory.register('rotator');
    const oldKey = account.key;
    expect((await feeds.page('signed', {}, bearer(await sign(account)))).status).toBe(200);
    await directory.rotate(account);
    expect((await feeds.page('signed', {}, bearer(await sign(account)))).status).toBe(200);
    expect((await feeds.page('signed', {}, bearer(await sign({ did: account.did, key: oldKey })))).status).toBe(401);
  });

  test('are looked for again once a minute at most, for any number of bad signatures', async () => {
    const account = await directory.register('victim');
    directory.asked.length = 0;
    for (let n = 0; n < 10; n++) await feeds.page('open', {}, bearer(await sign({ did: account.did, key: other.key })));
    expect(directory.asked.filter((did) => did === account.did)).toHaveLength(2);
  });

  test('that nobody knows are asked for once', async () => {
    directory.asked.length = 0;
    const stranger = { did: didOf('stranger'), key: viewer.key };
    for (let n = 0; n < 5; n++) await feeds.page('open', {}, bearer(await sign(stranger)));
    expect(directory.asked.filter((did) => did === stranger.did).length).toBeLessThanOrEqual(2);
  });

  test('that can not be had leave public feeds open, anonymously, and private ones shut', async () => {
    const account = await directory.register('newcomer');
    await feeds.page('a-club', {}, bearer(await sign(viewer)));
    directory.weather = 'down';
    try {
      expect(uris(await feeds.page('open', {}, bearer(await sign(account))))).toEqual([POST(2)]);
      expect(await feeds.page('a-club', {}, bearer(await sign(account)))).toMatchObject({
        status: 503,
        body: { error: 'IdentityUnavailable' },
      });
      expect(uris(await feeds.page('a-club', {}, bearer(await sign(viewer))))).toEqual([POST(4)]); // known before
      expect((await feeds.page('open', {}, bearer(await sign({ did: viewer.did, key: other.key })))).status).toBe(401);
    } finally {
      directory.weather = 'fine';
    }
  });

  test('of did:web are never looked for at private addresses', async () => {
    for (const did of [
      'did:web:127.0.0.1',
      'did:web:localhost',
      'did:web:localhost%3A8094',
      'did:web:10.0.0.1',
      'did:web:metadata.google.internal',
      'did:web:[::1]',
    ]) {
      const answer = await feeds.page('a-club', {}, bearer(await sign({ did, key: viewer.key })));
      expect([401, 503]).toContain(answer.status);
    }
  });
});
