import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeVersion } from '@updraft/atproto';
import { runCommand } from '@updraft/command';
import { actorHandles, insertRows } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addFeedsCommands } from '../apps/admin/src/feeds/feeds-commands.ts';
import { addMembers } from './feedgen/members.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, type Stage, startStage, until, uris } from './feedgen/stage.ts';
import { selectRows } from './select-rows.ts';

const CHOSEN = `at://${didOf('chosen')}/app.bsky.feed.post/3l3frqadlo32h`;
const FEEDS = `
feeds:
  a-club: { kind: author-label, label: club, refresh: 24h, window: 24h, pinned: ['${CHOSEN}'] }
  top: { kind: top, window: 24h, minimumLikes: 1, refresh: 24h, validOnly: false }
  fixed: { kind: static, posts: ['${CHOSEN}'] }
`;
const ALIASES = ['a-club', 'top', 'fixed'];

let folder: string;
let stage: Stage;
let here: Instance;
let there: Instance;
let key: string;
let posts: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-hides-'));
  await writeFile(join(folder, 'feeds.yaml'), FEEDS);
  stage = await startStage();
  const dids = ['alice', 'bob'].map(didOf);
  posts = await stage.network.post(...dids.map((did) => ({ did, atMs: Date.now() - 3_600_000 })));
  for (const uri of posts) await stage.network.like(uri, 2);
  [here, there] = await Promise.all([stage.startFeedgen({ feeds: FEEDS }), stage.startFeedgen({ feeds: FEEDS })]);
  await addMembers(here, 'club', dids);
  for (const alias of ['a-club', 'top']) await here.rebuild(alias);
  await until(async () => (await shown(there, 'a-club')).length === 3);
  key = (await admin('api-key', 'create', '--feed', 'club', '--for', didOf('operator'))).out[0] ?? '';
  await until(async () => (await here.get('/api/admin/feeds', asAdmin())).status === 200);
}, 120_000);
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function admin(...argv: string[]) {
  const [out, notes] = [new Array<string>(), new Array<string>()];
  const { databases } = stage;
  const env = { REDIS_ADDRESS: databases.redis.address, FEEDS_FILE: join(folder, 'feeds.yaml') };
  const code = await runCommand('pnpm admin', addFeedsCommands, argv, {
    env: { ...databases.clickhouse.env, ...env },
    out: (line) => out.push(line),
    note: (line) => notes.push(line),
  });
  return { code, out, notes };
}

const asAdmin = () => ({ 'x-api-key': key });
const shown = async (instance: Instance, alias: string) => uris(await instance.page(alias));
const change = (method: string, feedName: string, subject: string, reason = 'spam') =>
  here.send(
    method,
    `/api/admin/feed_hides?${new URLSearchParams({ feedName, subject, reason }).toString()}`,
    asAdmin(),
  );
/** In which feeds the post shows, when both instances agree. */
async function untilIn(uri: string, aliases: readonly string[]): Promise<void> {
  for (const instance of [here, there])
    for (const alias of ALIASES)
      await until(async () => (await shown(instance, alias)).includes(uri) === aliases.includes(alias));
}

describe('an operator', () => {
  test('takes a post out of all feeds on all instances, pinned ones too, and shows it again', async () => {
    const [post = ''] = posts;
    expect((await admin('hide', post, '--reason', 'spam', '--by', 'ann')).out).toEqual([
      `${post} is hidden from all feeds`,
    ]);
    await untilIn(post, []);
    await admin('hide', CHOSEN, '--reason', 'old');
    await untilIn(CHOSEN, []);
    for (const alias of ['a-club', 'top']) await here.rebuild(alias); // builds without it
    expect((await admin('hide', post, '--reason', 'again')).out).toEqual(['nothing to change']);
    for (const uri of [post, CHOSEN]) await admin('unhide', uri, '--reason', 'was fine', '--by', 'bea');
    await untilIn(CHOSEN, ['a-club', 'fixed']);
    await untilIn(post, ['a-club', 'top']);
    const log = await selectRows<{ action: string; feed: string; note: string; changed_by: string }>(
      stage.clickhouse,
      'SELECT action, feed, note, changed_by FROM audit_log FINAL WHERE subject = {post:String} ORDER BY at',
      { post },
    );
    expect(log.map((row) => Object.values(row))).toEqual([
      ['hide', '', 'spam', 'ann'],
      ['unhide', '', 'was fine', 'bea'],
    ]);
  });

  test('takes an account out of one feed by its handle, and lists what is hidden', async () => {
    const did = didOf('bob');
    const version = timeVersion(Date.now() * 1000);
    await insertRows(stage.clickhouse, actorHandles, [{ did, handle: 'bob.example', version }]);
    await admin('hide', '@bob.example', '--feed', 'top', '--reason', 'off topic');
    await untilIn(posts[1] ?? '', ['a-club']);
    const listed = await admin('hides', '--json');
    expect(listed.out.map((line) => JSON.parse(line))).toEqual([
      { feed: 'top', subject: did, at: expect.any(String), changedBy: 'pnpm admin', reason: 'off topic' },
    ]);
    expect((await admin('hides', '--feed', 'fixed')).out).toEqual([]);
    await admin('unhide', did, '--feed', 'top');
    await untilIn(posts[1] ?? '', ['a-club', 'top']);
  });

  test.each([
    [['hide', 'nobody.example', '--reason', 'x'], 'no account with the handle nobody.example is known here'],
    [['hide', 'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/a.b.c/x', '--reason', 'x'], 'expected the at-uri of a post'],
    [['hide', CHOSEN, '--feed', 'none', '--reason', 'x'], 'there is no feed none'],
    [['hide', CHOSEN, '--reason', ''], 'expected 1 to 1000 characters', 2],
    [['hide', CHOSEN, '--reason', 'x'.repeat(1_001)], 'expected 1 to 1000 characters', 2],
  ])('is told what is wrong with %j', async (argv, message, exit = 1) => {
    const { code, out, notes } = await admin(...argv);
    expect({ code, out, notes: notes.join('\n') }).toMatchObject({
      code: exit,
      out: [],
      notes: expect.stringContaining(message),
    });
  });
});

describe('an API key', () => {
  test('hides in its own feeds only', async () => {
    const [post = ''] = posts;
    expect((await change('PUT', 'club', post)).body.message).toBe(`${post} is now hidden from a-club`);
    expect((await change('PUT', 'club', post)).body.message).toBe(`${post} already was hidden from a-club`);
    await untilIn(post, ['top']);
    const list = await here.get('/api/admin/feed_hides?feedName=club', asAdmin());
    expect(list.body).toMatchObject({
      hides: [{ subject: post, reason: 'spam', changedBy: expect.stringMatching(/^did:plc:operator.* \(API key /) }],
    });
    expect((await change('DELETE', 'a-club', post)).status).toBe(200);
    await untilIn(post, ['a-club', 'top']);
    expect((await change('PUT', 'top', post)).status).toBe(403);
    expect((await change('PUT', '', post)).status).toBe(400);
    expect((await change('PUT', 'none', post)).body.error).toBe('UnknownFeed');
    expect((await change('PUT', 'club', 'at://x')).status).toBe(400);
    expect((await change('PUT', 'club', post, 'x'.repeat(1_001))).body.message).toBe(
      'reason: expected at most 1000 characters',
    );
    expect((await here.get('/api/admin/feed_hides?feedName=club')).status).toBe(401);
  });

  test('sees what was done to its feed, also where the feed has no members, and nothing of another', async () => {
    const [post = ''] = posts;
    const ofTop = (await admin('api-key', 'create', '--feed', 'top', '--for', didOf('operator'))).out[0] ?? '';
    const read = (name: string) => here.get(`/api/admin/audit_log?feedName=${name}`, { 'x-api-key': ofTop });
    await until(async () => (await read('top')).status === 200);
    // A label may have the name of another feed: what was done to its members is not that feed's.
    await addMembers(here, 'top', [didOf('bob')]);
    await admin('hide', post, '--feed', 'top', '--reason', 'late');
    const { entries } = (await read('top')).body;
    expect(entries[0]).toMatchObject({ action: 'hide', subject: post, note: 'late' });
    expect(entries.map(({ action }: { action: string }) => action)).not.toContain('member approved');
    expect((await read('club')).status).toBe(403);
    expect((await admin('member', 'log', 'top')).out.join('\n')).toMatch(/hide.*late/);
    await admin('unhide', post, '--feed', 'top');
  });
});
