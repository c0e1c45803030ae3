import { listErasedAccounts } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account, Directory } from './feedgen/directory.ts';
import { type Instance, SERVICE_DID, until, uris } from './feedgen/stage.ts';
import { bearer, sign } from './feedgen/tokens.ts';
import { POST, startViewerStage, type ViewerStage } from './feedgen/viewers.ts';
import { selectRows } from './select-rows.ts';

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

describe('sendInteractions', () => {
  const send = async (body: object, token?: string) =>
    feeds.send('POST', '/xrpc/app.bsky.feed.sendInteractions', token === undefined ? {} : bearer(token), body);
  const lxm = 'app.bsky.feed.sendInteractions';

  test("writes what the token's issuer did", async () => {
    const feed = `at://${SERVICE_DID}/app.bsky.feed.generator/open`;
    const interactions = [
      { item: POST(2), event: 'app.bsky.feed.defs#requestLess', feedContext: 'c', reqId: 'r' },
      { item: POST(3), event: 'app.bsky.feed.defs#interactionSeen' },
    ];
    expect(await send({ feed, interactions }, await sign(viewer, { lxm }))).toMatchObject({ status: 200, body: {} });
    const rows = () =>
      selectRows(
        viewers.stage.clickhouse,
        'SELECT feed, viewer_did, item, event, feed_context, req_id FROM feed_interactions FINAL ORDER BY item',
      );
    await until(async () => (await rows()).length === 2);
    expect(await rows()).toEqual([
      { feed: 'open', viewer_did: viewer.did, item: POST(2), event: 'requestLess', feed_context: 'c', req_id: 'r' },
      { feed: 'open', viewer_did: viewer.did, item: POST(3), event: 'interactionSeen', feed_context: '', req_id: '' },
    ]);
  });

  test('refuses a request without a token for it, and nonsense', async () => {
    expect((await send({ interactions: [] })).status).toBe(401);
    expect((await send({ interactions: [] }, await sign(viewer))).status).toBe(401);
    expect((await send({ interactions: [] }, await sign({ did: viewer.did, key: other.key }, { lxm }))).status).toBe(
      401,
    );
    const bad = [
      {},
      { interactions: 'x' },
      { interactions: [{ item: 'x' }] },
      { interactions: [{ feedContext: 'ä'.repeat(1_001) }] },
      { feed: 'x', interactions: [] },
    ];
    for (const body of bad)
      expect(await send(body, await sign(viewer, { lxm }))).toMatchObject({
        status: 400,
        body: { error: 'InvalidRequest' },
      });
  });

  test('has a bound for each viewer', async () => {
    const token = await sign(viewer, { lxm });
    const answers = await Promise.all(Array.from({ length: 80 }, () => send({ interactions: [] }, token)));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    expect((await send({ interactions: [] }, await sign(other, { lxm }))).status).toBe(200);
  });

  test('has a bound for what a viewer sends in few requests, which takes nothing from others', async () => {
    const [flooder, reader] = [await directory.register('flooder'), await directory.register('calm')];
    const interactions = Array.from({ length: 500 }, (_, nth) => ({
      item: POST(2),
      event: 'app.bsky.feed.defs#interactionLike',
      reqId: `made-up-${nth}`,
    }));
    const token = await sign(flooder, { lxm });
    const answers = await Promise.all(Array.from({ length: 8 }, () => send({ interactions }, token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect((await send({ interactions }, await sign(reader, { lxm }))).status).toBe(200);
  });
});

describe('analytics', () => {
  test('keep a row for each page of a signed-in viewer, and none for others', async () => {
    const reader = await directory.register('counted');
    await feeds.page('open', { limit: '10' }, { ...bearer(await sign(reader)), 'accept-language': 'de' });
    await feeds.page('a-club', {}, bearer(await sign(reader)));
    const rows = () =>
      selectRows(
        viewers.stage.clickhouse,
        'SELECT feed, page_limit, page_size, is_outsider, accept_language FROM feed_request_analytics FINAL WHERE viewer_did = {did:String} ORDER BY feed',
        { did: reader.did },
      );
    await until(async () => (await rows()).length === 2);
    expect(await rows()).toEqual([
      { feed: 'a-club', page_limit: 50, page_size: 2, is_outsider: 1, accept_language: '*' },
      { feed: 'open', page_limit: 10, page_size: 1, is_outsider: 0, accept_language: 'de' },
    ]);
    const [anonymous] = await selectRows<{ rows: number }>(
      viewers.stage.clickhouse,
      "SELECT toFloat64(count()) AS rows FROM feed_request_analytics WHERE viewer_did = ''",
    );
    expect(anonymous?.rows).toBe(0);
    await until(() => feeds.feedgen.context.analytics.viewersToday('open') > 0);
  });

  test('keep nothing of an account that was erased, nor of what others do with its posts', async () => {
    const [erased, witness] = [await directory.register('erased'), await directory.register('witness')];
    await listErasedAccounts(viewers.stage.clickhouse, [erased.did]);
    const late = await viewers.startAnother();
    const lxm = 'app.bsky.feed.sendInteractions';
    for (const viewerOf of [erased, witness]) {
      expect(uris(await late.page('open', {}, bearer(await sign(viewerOf))))).toEqual([POST(2)]);
      const interactions = [{ item: `at://${erased.did}/app.bsky.feed.post/3k` }, { item: POST(5) }];
      const answer = await late.send('POST', `/xrpc/${lxm}`, bearer(await sign(viewerOf, { lxm })), { interactions });
      expect(answer.status).toBe(200);
    }
    // The witness's rows were queued last: when they are in, so is all that came before.
    const rows = (table: string, did: string) =>
      selectRows(viewers.stage.clickhouse, `SELECT * FROM ${table} WHERE viewer_did = {did:String}`, { did });
    await until(async () => (await rows('feed_request_analytics', witness.did)).length === 1);
    await until(async () => (await rows('feed_interactions', witness.did)).length === 1);
    expect(await rows('feed_request_analytics', erased.did)).toEqual([]);
    expect(await rows('feed_interactions', erased.did)).toEqual([]);
  });
});
