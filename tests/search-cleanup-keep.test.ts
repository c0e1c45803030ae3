import { parseTid } from '@updraft/atproto';
import { setRetention } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tid } from './indexer/events.ts';
import { until } from './indexer/stack.ts';
import { createAccount, makeRecord, makeRecords, NEW_MS, type NewRecord, OLD_MS } from './search/account.ts';
import {
  type CleanupWorld,
  oldPost,
  POST,
  post,
  type Service,
  startCleanupWorld,
  stop,
  uriOf,
  view,
} from './search/cleanups.ts';

let world: CleanupWorld;
let service: Service;
beforeAll(async () => {
  world = await startCleanupWorld('keep');
  service = await world.startService();
}, 120_000);
afterAll(async () => {
  await stop(service);
  await world[Symbol.asyncDispose]();
});

const KEEP_NONE = { unknown_media: 0, pinned: 0, listed: 0, thread: 0, liked: 0, likes_unknown: 0 };
const image = { $type: 'app.bsky.embed.gallery', items: [] };

/** The post is known to the index, with likes of so many accounts. */
async function index(did: string, { rkey }: NewRecord, numLikes: number): Promise<void> {
  const hour = Math.floor((parseTid(rkey)?.micros ?? 0) / 3.6e9);
  const { clickhouse } = world.store;
  await clickhouse.command(
    'INSERT INTO post_rows (record_hour, did, rkey, version) VALUES ({hour:UInt32}, {did:String}, {rkey:String}, 2)',
    { hour, did, rkey },
  );
  await clickhouse.command(
    `INSERT INTO record_rows (record_hour, collection, repo, rkey_text, subject, relative_version)
     SELECT {hour:UInt32}, 'app.bsky.feed.like', concat('did:plc:fan', toString(number)), {rkey:String}, {uri:String}, 9223372036854775810 FROM numbers({numLikes:UInt32})`,
    { hour, rkey, uri: `at://${did}/${POST}/${rkey}`, numLikes },
  );
}

describe('what a clean-up keeps', () => {
  test('in the dry run and in the job alike: pinned, listed, liked, threads, and media that it does not know', async () => {
    const account = await createAccount(world.network.pdsUrl, 'keeper');
    const uri = uriOf(account);
    const reply = (root: NewRecord, more: object = {}) =>
      oldPost({
        reply: { root: { uri: uri(root), cid: 'bafyreid' }, parent: { uri: uri(root), cid: 'bafyreid' } },
        ...more,
      });
    const plain = makeRecords(3, () => oldPost());
    const [pinned, listed, page, loved, unheard, root, lonely, gone] = makeRecords(8, () => oldPost()) as [
      NewRecord,
      NewRecord,
      NewRecord,
      NewRecord,
      NewRecord,
      NewRecord,
      NewRecord,
      NewRecord,
    ];
    const orphan = reply(gone);
    const foreign = oldPost({ reply: { root: { uri: `at://did:plc:x/${POST}/3k`, cid: 'bafyreid' } } });
    const thread = [
      root,
      reply(root),
      { ...reply(root), value: { ...reply(root).value, createdAt: new Date(NEW_MS).toISOString() } },
    ];
    const media = [
      oldPost({ embed: image }),
      oldPost({ embed: { $type: 'app.bsky.embed.recordWithMedia', media: image } }),
    ];
    const unknown = [oldPost({ embed: { $type: 'app.bsky.embed.hologram' } }), oldPost({ embed: {} })];
    const like = makeRecord('app.bsky.feed.like', OLD_MS, { subject: { uri: uri(lonely), cid: 'bafyreid' } });
    const profile = {
      ...makeRecord('app.bsky.actor.profile', OLD_MS, { pinnedPost: { uri: uri(pinned), cid: 'bafyreid' } }),
      rkey: 'self',
    };
    const few = [...plain, lonely, orphan, foreign];
    await account.write([...few, pinned, listed, page, loved, unheard, ...thread, ...media, ...unknown, like, profile]);
    for (const each of few) await index(account.did, each, 2);
    await index(account.did, loved, 3);

    const request = {
      cleanup_types: ['post', 'like'],
      keep_threads: true,
      keep_min_likes: 3,
      keep_uris: [uri(listed), `https://bsky.app/profile/${account.handle}/post/${page.rkey}`],
    };
    const kept = { unknown_media: 2, pinned: 1, listed: 2, thread: 2, liked: 1, likes_unknown: 1 };
    const dry = await post(service.url, account, request);
    expect(dry.body).toMatchObject({ num_enqueued: few.length + 1, num_kept: kept });

    const { body } = await post(service.url, account, { ...request, actually_delete_stuff: true });
    const job = async () => (await view(service.url, `job_id=${body.job_id}`, body.job_secret)).body;
    await until(async () => (await job())['job_state'] === 'completed');
    expect(await job()).toMatchObject({
      num_deleted: few.length + 1,
      num_kept: kept,
      keep_pinned: true,
      keep_threads: true,
      keep_min_likes: 3,
      keep_uris: [uri(listed), uri(page)],
      state_reason: '',
    });
    const left = [pinned, listed, page, loved, unheard, ...thread, ...media, ...unknown, profile];
    expect(new Set((await account.listAll()).keys())).toEqual(new Set(left.map(uri)));
  }, 300_000);

  test('only posts with unknown attachments, when no option asks for more and the pinned post may go', async () => {
    const account = await createAccount(world.network.pdsUrl, 'giver');
    const pinned = oldPost();
    const profile = {
      ...makeRecord('app.bsky.actor.profile', OLD_MS, { pinnedPost: { uri: uriOf(account)(pinned), cid: 'bafyreid' } }),
      rkey: 'self',
    };
    await account.write([pinned, profile]);
    expect((await post(service.url, account)).body).toMatchObject({
      num_enqueued: 0,
      num_kept: { ...KEEP_NONE, pinned: 1 },
    });
    const given = await post(service.url, account, { keep_pinned: false });
    expect(given.body).toMatchObject({ num_enqueued: 1, num_kept: KEEP_NONE });
  }, 120_000);

  test('a post whose likes the retention may have removed', async () => {
    const account = await createAccount(world.network.pdsUrl, 'worn');
    const old = { ...oldPost(), rkey: tid(OLD_MS * 1_000) };
    await account.write([old]);
    await index(account.did, old, 1);
    const request = { keep_min_likes: 2 };
    expect((await post(service.url, account, request)).body).toMatchObject({ num_enqueued: 1, num_kept: KEEP_NONE });
    await setRetention(world.store.clickhouse, 'likes', 10);
    const worn = await post(service.url, account, request);
    await setRetention(world.store.clickhouse, 'likes', undefined);
    expect(worn.body).toMatchObject({ num_enqueued: 0, num_kept: { ...KEEP_NONE, likes_unknown: 1 } });
  }, 120_000);

  test.each([
    [{ keep_pinned: 'yes' }, 'keep_pinned'],
    [{ keep_threads: 1 }, 'keep_threads'],
    [{ keep_min_likes: 0 }, 'keep_min_likes'],
    [{ keep_min_likes: 1.5 }, 'keep_min_likes'],
    [{ keep_uris: 'at://did:plc:x/app.bsky.feed.post/3k' }, 'expected a list of uris'],
    [{ keep_uris: ['https://bsky.app/profile/alice.test'] }, 'expected the at-uri of a record'],
    [{ keep_uris: Array.from({ length: 1_001 }, () => `at://did:plc:x/${POST}/3k`) }, 'expected at most 1000 uris'],
  ])('is asked for in words that are understood: a 400 where not, number %#', async (more, message) => {
    const { status, body } = await post(
      service.url,
      { did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', appPassword: 'x' },
      more,
    );
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
  });

  test('is of the account itself: the uri of another account is a 400', async () => {
    const account = await createAccount(world.network.pdsUrl, 'selfsame');
    const { status, body } = await post(service.url, account, { keep_uris: [`at://did:plc:x/${POST}/3k`] });
    expect([status, body.message]).toEqual([400, `keep_uris: at://did:plc:x/${POST}/3k is of another account`]);
  }, 120_000);
});
