import { join } from 'node:path';
import { timeVersion } from '@updraft/atproto';
import { runCommand } from '@updraft/command';
import { insertRows, profiles } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addFeedsCommands } from '../apps/admin/src/feeds/feeds-commands.ts';
import { type Account, type Directory, startDirectory } from './feedgen/directory.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, type Stage, startStage, until, uris } from './feedgen/stage.ts';
import { bearer, sign } from './feedgen/tokens.ts';
import { selectRows } from './select-rows.ts';

const OUTSIDE = `at://${didOf('notice')}/app.bsky.feed.post/3l3frqadlo32h`;
const FEEDS = `
feeds:
  a-mpls: { kind: author-label, label: mpls, audience: members, window: 72h, refresh: 1s, outsiders: ['${OUTSIDE}'] }
  cl-tqsp: { kind: author-label, label: tqsp, audience: signed-in, window: 72h, refresh: 1s }
  moved: { kind: static, posts: ['${OUTSIDE}'] }
`;

let stage: Stage;
let directory: Directory;
let here: Instance;
let there: Instance;
let member: Account;
let key: string;

beforeAll(async () => {
  [stage, directory] = await Promise.all([startStage(), startDirectory()]);
  const options = { feeds: FEEDS, env: { PLC_HOST: directory.url } };
  [here, there] = await Promise.all([stage.startFeedgen(options), stage.startFeedgen(options)]);
  member = await directory.register('member');
  const made = await admin('api-key', 'create', '--feed', 'mpls', '--for', didOf('operator'));
  key = made.out[0] ?? '';
  await until(async () => (await there.get('/api/admin/feeds', { 'x-api-key': key })).status === 200);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

/** Runs `pnpm admin …` against the stage, with the feeds that are shipped. */
async function admin(...argv: string[]) {
  const [out, notes] = [new Array<string>(), new Array<string>()];
  const env = {
    ...stage.databases.clickhouse.env,
    REDIS_ADDRESS: stage.databases.redis.address,
    FEEDS_FILE: join(import.meta.dirname, '../config/feeds.yaml'),
  };
  const code = await runCommand('pnpm admin', addFeedsCommands, argv, {
    env,
    out: (line) => out.push(line),
    note: (line) => notes.push(line),
  });
  return { code, out, notes };
}

const asAdmin = () => ({ 'x-api-key': key });
const members = (instance: Instance, query = '') =>
  instance.get(`/api/admin/feed_members?feedName=mpls${query}`, asAdmin());
const change = (method: string, handle: string, feedName = 'mpls', path = '/api/admin/feed_members') =>
  here.send(method, `${path}?feedName=${feedName}&handle=${encodeURIComponent(handle)}`, asAdmin());

describe('a private feed', () => {
  test('shows a new member everything at once on every instance, and nothing after the removal', async () => {
    const [post = ''] = await stage.network.post({ did: member.did, atMs: Date.now() - 60_000 });
    const token = bearer(await sign(member));
    expect(uris(await there.page('a-mpls', {}, token))).toEqual([OUTSIDE]);
    expect(await change('PUT', member.did)).toMatchObject({
      status: 200,
      body: { message: expect.stringContaining('is now a member') },
    });
    for (const instance of [here, there])
      await until(async () => uris(await instance.page('a-mpls', {}, token)).includes(post));

    expect((await change('DELETE', member.did)).status).toBe(200);
    for (const instance of [here, there]) {
      await until(async () => uris(await instance.page('a-mpls', {}, token)).includes(OUTSIDE));
    }
  });

  test('leaves out the posts of an account that lost the label, before its next build', async () => {
    const author = await directory.register('author');
    await change('PUT', member.did);
    await change('PUT', author.did);
    const [post = ''] = await stage.network.post({ did: author.did, atMs: Date.now() - 60_000 });
    const token = bearer(await sign(member));
    await until(async () => uris(await here.page('a-mpls', {}, token)).includes(post));
    await change('DELETE', author.did);
    expect(uris(await here.page('a-mpls', {}, token))).not.toContain(post);
  });

  test('keeps every change with who made it and when', async () => {
    const rows = await selectRows<{ is_member: number; changed_by: string }>(
      stage.clickhouse,
      'SELECT is_member, changed_by FROM actor_label_changes FINAL WHERE label = {label:String} AND actor_did = {did:String} ORDER BY version',
      { label: 'mpls', did: member.did },
    );
    expect(rows.map(({ is_member }) => is_member)).toEqual([1, 0, 1]);
    for (const { changed_by } of rows)
      expect(changed_by).toMatch(new RegExp(`^${didOf('operator')} \\(API key [0-9a-f]{12}\\)$`));
  });
});

describe('the admin API', () => {
  test('lists members with their names, by page and by search', async () => {
    const { body: before } = await members(here);
    for (let n = 0; n < 3; n++) await change('PUT', didOf(`page${'abc'[n]}`));
    const named = didOf('pagea');
    const row = {
      actorDid: named,
      displayName: 'Ämilia Pond',
      description: '',
      pinnedPostUri: '',
      createdAt: 0,
      version: timeVersion(Date.now() * 1000),
      deleted: false,
    };
    await insertRows(stage.clickhouse, profiles, [row]);
    const first = await members(here, '&limit=2');
    expect(first.body).toMatchObject({
      page: 1,
      totalPages: Math.ceil((before.totalCount + 3) / 2),
      totalCount: before.totalCount + 3,
    });
    expect(first.body.members[0]).toEqual({
      did: didOf('pagec'),
      handle: '',
      displayName: '',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const second = await members(here, '&limit=2&page=2');
    const both = [...first.body.members, ...second.body.members].map(({ did }: { did: string }) => did);
    expect(new Set(both).size).toBe(4);
    expect((await members(here, '&limit=&page=')).body).toMatchObject({ page: 1 });
    const found = await members(here, '&search=%C3%A4milia');
    expect(found.body.members).toMatchObject([{ did: named, displayName: 'Ämilia Pond' }]);
    expect((await here.get('/feed_members?feedName=a-mpls', asAdmin())).body.authors).toHaveLength(
      before.totalCount + 3,
    );
  });

  test('finds a handle that no event has told in the DID document', async () => {
    await until(
      async () =>
        (await members(here, `&search=${member.did}`)).body.members[0]?.handle === `${member.did.slice(8, 16)}.example`,
    );
  });

  test('keeps label and state together when hosts decide about an account at once', async () => {
    await until(async () => (await members(here)).status === 200);
    for (let n = 0; n < 5; n++) {
      const did = didOf(`torn${n}`);
      const decide = (instance: Instance, action: string) =>
        instance.send(
          'PUT',
          `/api/admin/member_requests?feedName=mpls&handle=${did}&action=${action}&note=${action}`,
          asAdmin(),
        );
      const answers = await Promise.all([
        ...['give', 'ban', 'give', 'reject'].map((action) => decide(here, action)),
        ...['give', 'ban'].map((action) => decide(there, action)),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const [row] = await selectRows<{ state: string; is_member: number }>(
        stage.clickhouse,
        `SELECT state, actor_did IN (SELECT actor_did FROM actor_labels FINAL WHERE label = 'mpls') AS is_member
         FROM member_requests FINAL WHERE label = 'mpls' AND actor_did = {did:String}`,
        { did },
      );
      expect(row?.is_member).toBe(Number(row?.state === 'approved'));
    }
  });

  test('takes the older paths, and names with and without prefix', async () => {
    const did = didOf('older');
    expect((await change('PUT', did, 'a-mpls', '/assign_user_to_feed')).status).toBe(200);
    expect((await members(here, `&search=${did}`)).body.totalCount).toBe(1);
    const page = `\u202Ahttps://bsky.app/profile/${did}\u202C`;
    expect((await change('PUT', page, 'mpls', '/unassign_user_from_feed')).status).toBe(200);
    expect((await members(here, `&search=${did}`)).body.totalCount).toBe(0);
  });

  test('says which feeds a key is for, in the shape of the original', async () => {
    const { body } = await here.get('/api/admin/feeds', asAdmin());
    expect(body).toMatchObject({ feeds: { mpls: { feed_type: 'author-label', user_count: expect.any(Number) } } });
    expect(Object.keys(body.feeds)).toEqual(['mpls']);
  });

  test('refuses bad keys with 401, foreign feeds with 403, and nonsense with 400', async () => {
    const bad = [
      '',
      'x',
      key.slice(0, -1),
      `${key}x`,
      key.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      key.toUpperCase(),
    ];
    for (const form of bad)
      expect(await here.get('/api/admin/feeds', { 'x-api-key': form })).toMatchObject({
        status: 401,
        body: { error: 'AuthenticationRequired' },
      });
    expect((await here.get('/api/admin/feeds')).status).toBe(401);
    expect(await change('PUT', member.did, 'tqsp')).toMatchObject({ status: 403 });
    expect(await change('PUT', member.did, 'nope')).toMatchObject({ status: 400, body: { error: 'UnknownFeed' } });
    expect(await change('PUT', member.did, 'moved')).toMatchObject({ status: 400 });
    expect(await change('PUT', 'not a handle')).toMatchObject({ status: 400, body: { error: 'InvalidRequest' } });
    for (const query of ['&page=0', '&page=x', '&limit=0', '&limit=501', '&limit=1e1'])
      expect(await members(here, query)).toMatchObject({ status: 400 });
    expect(await here.get('/api/admin/feed_members', asAdmin())).toMatchObject({ status: 400 });
  });
});

describe('API keys', () => {
  test('are kept as hashes, and their last use is recorded', async () => {
    const rows = await selectRows(stage.clickhouse, 'SELECT * FROM api_keys');
    expect(JSON.stringify(rows)).not.toContain(key.slice(21));
    await until(async () =>
      (await admin('api-key', 'list')).out.some((line) => line.includes(key.slice(8, 20)) && !line.endsWith('\t-\t-')),
    );
  });

  test('that are revoked end at once on every instance', async () => {
    const made =
      (await admin('api-key', 'create', '--feed', 'a-mpls', '--feed', 'tqsp', '--for', didOf('operator'))).out[0] ?? '';
    for (const instance of [here, there]) {
      await until(
        async () =>
          Object.keys((await instance.get('/api/admin/feeds', { 'x-api-key': made })).body.feeds ?? {}).join() ===
          'mpls,tqsp',
      );
    }
    expect(await admin('api-key', 'revoke', made.slice(8, 20))).toMatchObject({ code: 0 });
    for (const instance of [here, there])
      await until(async () => (await instance.get('/api/admin/feeds', { 'x-api-key': made })).status === 401);
    expect(await admin('api-key', 'revoke', made.slice(8, 20))).toMatchObject({ code: 1 });
  });

  test('need a feed that there is, and an owner', async () => {
    expect(await admin('api-key', 'create', '--feed', 'nope', '--for', didOf('operator'))).toMatchObject({
      code: 1,
      out: [],
    });
    expect(await admin('api-key', 'create', '--feed', 'mpls')).toMatchObject({ code: 2, out: [] });
    expect(await admin('api-key', 'destroy')).toMatchObject({ code: 2 });
  });
});
