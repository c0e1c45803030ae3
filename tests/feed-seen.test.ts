import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Account, type Directory, startDirectory } from './feedgen/directory.ts';
import { addMembers } from './feedgen/members.ts';
import { didOf } from './feedgen/network.ts';
import { ACTOR_DID, type Instance, type Stage, startStage, until, uris } from './feedgen/stage.ts';
import { bearer, sign } from './feedgen/tokens.ts';

const POST = (n: number) => `at://${didOf('author')}/app.bsky.feed.post/3l3frqadlo3${n}h`;
const POSTS = [2, 3, 4, 5, 6, 7].map(POST);
const listed = (posts: readonly string[]) => `[${posts.map((uri) => `'${uri}'`).join(', ')}]`;
const FEEDS = `
feeds:
  plain: { kind: static, pin: false, posts: ${listed(POSTS)} }
  seen: { kind: static, pin: false, hideSeen: true, posts: ${listed(POSTS)} }
  seen-too: { kind: static, pin: false, hideSeen: true, posts: ${listed(POSTS.toReversed())} }
  pinned: { kind: static, hideSeen: true, posts: ${listed(POSTS)} }
  a-club: { kind: static, pin: false, hideSeen: true, posts: ${listed(POSTS)}, audience: members, members: club, outsiders: ['${POST(2)}'] }
`;

let stage: Stage;
let directory: Directory;
let feeds: Instance;
beforeAll(async () => {
  [stage, directory] = await Promise.all([startStage(), startDirectory()]);
  feeds = await stage.startFeedgen({ feeds: FEEDS, env: { PLC_HOST: directory.url } });
  await addMembers(feeds, 'club', [didOf('member')]);
  const viewer = await directory.register('first');
  await until(async () => (await read(viewer, 'seen')).length === 0); // once Redis is connected
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

/** A page's posts. */
async function read(viewer: Account, alias: string, limit = 2): Promise<string[]> {
  return uris(await feeds.page(alias, { limit: String(limit) }, bearer(await sign(viewer))));
}

async function report(viewer: Account, alias: string, interactions: readonly object[]): Promise<number> {
  const lxm = 'app.bsky.feed.sendInteractions';
  const feed = `at://${ACTOR_DID}/app.bsky.feed.generator/${alias}`;
  return (await feeds.send('POST', `/xrpc/${lxm}`, bearer(await sign(viewer, { lxm })), { feed, interactions })).status;
}

const seen = (item: string) => ({ item, event: 'app.bsky.feed.defs#interactionSeen' });

describe('a feed with hideSeen', () => {
  test('leaves out what a page of it or of another such feed has shown, until nothing is left', async () => {
    const viewer = await directory.register('reader');
    expect(await read(viewer, 'seen')).toEqual(POSTS.slice(0, 2));
    expect(await read(viewer, 'seen-too')).toEqual(POSTS.slice(4).toReversed());
    expect(await read(viewer, 'seen', 3)).toEqual(POSTS.slice(2, 4));
    expect(await feeds.page('seen', {}, bearer(await sign(viewer)))).toMatchObject({ status: 200, body: { feed: [] } });
    expect(await read(viewer, 'plain', 6)).toEqual(POSTS);
  });

  test('hides nothing from who reads without a token', async () => {
    for (let times = 0; times < 2; times++)
      expect(uris(await feeds.page('seen', { limit: '2' }))).toEqual(POSTS.slice(0, 2));
  });

  test('takes a page of one post without a cursor for a peek, which nobody sees', async () => {
    const viewer = await directory.register('peeker');
    for (let times = 0; times < 2; times++) expect(await read(viewer, 'seen', 1)).toEqual(POSTS.slice(0, 1));
  });

  test('leaves out what the app reports of it as seen, and no more', async () => {
    const viewer = await directory.register('reporter');
    const profile = seen(`at://${didOf('author')}/app.bsky.actor.profile/self`);
    const other = { item: POST(4), event: 'app.bsky.feed.defs#interactionLike' };
    expect(
      await report(viewer, 'seen', [seen(POST(2)), seen(POST(3)), seen(`at://${didOf('author')}`), profile, other, {}]),
    ).toBe(200);
    expect(await report(viewer, 'plain', [seen(POST(5))])).toBe(200);
    expect(await read(viewer, 'seen', 6)).toEqual(POSTS.slice(2));
  });

  test('keeps its pinned posts, and the list for those outside its audience', async () => {
    const [member, outsider] = [await directory.register('member'), await directory.register('outsider')];
    for (let times = 0; times < 2; times++) {
      expect(await read(member, 'pinned')).toEqual(POSTS.slice(0, 2));
      expect(await read(outsider, 'a-club')).toEqual([POST(2)]);
    }
    expect(await read(member, 'a-club')).toEqual(POSTS.slice(2, 4));
    expect(await read(outsider, 'seen')).toEqual(POSTS.slice(0, 2));
  });
});
