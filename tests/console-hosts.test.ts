import { timeVersion } from '@updraft/atproto';
import {
  accountSuggestions,
  bulkMembersAnswer,
  feedList,
  feedPage,
  feedSettings,
  previewAnswer,
} from '@updraft/console-api/views';
import { changeMembers, type MemberAction } from '@updraft/feeds';
import { actorHandles, type ClickHouse, createRedis, insertRows, readStoredMembers } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { beginSession, type SessionHeaders } from './console/session.ts';
import { type Directory, startDirectory } from './feedgen/directory.ts';
import { addMembers } from './feedgen/members.ts';
import { didOf } from './feedgen/network.ts';
import { type Answer, type Instance, type Stage, startStage, until } from './feedgen/stage.ts';

const HOST = didOf('host');
const MODERATOR = didOf('moderator');
const OPERATOR = didOf('operator');
const STRANGER = didOf('stranger');
const ROLES = { HOST, MODERATOR, OPERATOR, STRANGER };
type Role = keyof typeof ROLES;
const LIST = `at://${didOf('lister')}/app.bsky.graph.list/3l3frqadlo32h`;
const FEEDS = `
feeds:
  ducks:
    kind: author-label # those of the pond
    label: ducks
    audience: members
    # Often, for they dive.
    refresh: 1s
    hosts: ['${HOST}']
    moderators: ['${MODERATOR}']
  geese: { kind: author-label, label: geese, audience: members, refresh: 1s }
  crew: { kind: list, list: '${LIST}', audience: members, members: geese, refresh: 1m }
  open:
    kind: top
    window: 24h
    minimumLikes: 1
    refresh: 1s
    hosts: &hosts ['${HOST}']
    pinned: ['at://${didOf('notice')}/app.bsky.feed.post/3l3frqadlo32h']
  same: { kind: top, minimumLikes: 1, hosts: *hosts }
  mine: { kind: following, fallback: open, hosts: ['${HOST}'] }
`;

let stage: Stage;
let directory: Directory;
let here: Instance;
const sessions = new Map<Role, SessionHeaders>();

beforeAll(async () => {
  [stage, directory] = await Promise.all([startStage(), startDirectory()]);
  const env = { PLC_HOST: directory.url, CONSOLE_OPERATORS: OPERATOR, REDIS_PREFIX: 'hosts' };
  here = await stage.startFeedgen({ feeds: FEEDS, env });
  const redis = createRedis({ address: stage.databases.redis.address });
  for (const role of Object.keys(ROLES) as Role[]) sessions.set(role, await beginSession(redis, 'hosts', ROLES[role]));
  redis.disconnect();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const as = (role: Role) => sessions.get(role)?.changing ?? {};
const bodyOf = <T extends z.ZodType>(schema: T, { body }: Answer): z.output<T> => schema.parse(body);
const put = (role: Role, path: string) => here.send('PUT', path, as(role));
const decide = (role: Role, did: string, query: string) =>
  put(role, `/api/admin/member_requests?feedName=ducks&handle=${did}&${query}`);
const wait = async (did: string) => {
  const ask = { kind: 'ask', source: 'request', approve: 'queue', atMicros: Number.POSITIVE_INFINITY } as const;
  await here.feedgen.context.membership.change({ label: 'ducks', changedBy: did }, [{ did, actions: [ask] }]);
};

describe('a session may do in each route what its role may', () => {
  const someone = didOf('someone');
  const post = `at://${someone}/app.bsky.feed.post/3l3frqadlo32h`;
  const subject = encodeURIComponent(post);
  const settings = 'kind: top\nminimumLikes: 1\n';
  /** Who gets which status: nobody, a session without a role, a moderator, a host, an operator, a host's session without its token. */
  const ROUTES: [string, string, [number, number, number, number, number, number], object?][] = [
    ['GET', '/api/admin/feeds', [401, 200, 200, 200, 200, 200]],
    ['GET', '/api/admin/feed_members?feedName=ducks', [401, 403, 200, 200, 200, 200]],
    ['GET', '/feed_members?feedName=ducks', [401, 403, 200, 200, 200, 200]],
    ['PUT', `/api/admin/feed_members?feedName=ducks&handle=${someone}`, [401, 403, 403, 200, 200, 403]],
    ['PUT', `/assign_user_to_feed?feedName=ducks&handle=${someone}`, [401, 403, 403, 200, 200, 403]],
    ['DELETE', `/api/admin/feed_members?feedName=ducks&handle=${someone}`, [401, 403, 403, 200, 200, 403]],
    ['PUT', `/unassign_user_from_feed?feedName=ducks&handle=${someone}`, [401, 403, 403, 200, 200, 403]],
    [
      'POST',
      '/api/admin/feed_members/bulk',
      [401, 403, 403, 200, 200, 403],
      { feedName: 'ducks', accounts: [someone] },
    ],
    ['GET', '/api/admin/account_suggestions?q=some', [401, 403, 403, 200, 200, 200]],
    ['GET', '/api/admin/feed_hides?feedName=ducks', [401, 403, 200, 200, 200, 200]],
    ['PUT', `/api/admin/feed_hides?feedName=ducks&subject=${subject}&reason=x`, [401, 403, 200, 200, 200, 403]],
    ['DELETE', `/api/admin/feed_hides?feedName=ducks&subject=${subject}`, [401, 403, 200, 200, 200, 403]],
    ['GET', '/api/admin/member_requests?feedName=ducks', [401, 403, 200, 200, 200, 200]],
    ['PUT', `/api/admin/member_requests?feedName=ducks&handle=${someone}&action=note`, [401, 403, 200, 200, 200, 403]],
    ['PUT', `/api/admin/member_requests?feedName=ducks&handle=${someone}&action=ban`, [401, 403, 403, 200, 200, 403]],
    ['GET', '/api/admin/audit_log?feedName=ducks', [401, 403, 200, 200, 200, 200]],
    ['GET', `/api/admin/explain?feed=ducks&uri=${subject}`, [401, 403, 200, 200, 200, 200]],
    ['GET', '/api/admin/settings?feedName=ducks', [401, 403, 403, 200, 200, 200]],
    ['POST', '/api/admin/preview', [401, 403, 403, 200, 200, 403], { feedName: 'ducks', settings }],
    // 400: only feeds.yaml makes it a feed of another kind
    ['PUT', '/api/admin/settings', [401, 403, 403, 400, 400, 403], { feedName: 'ducks', settings, version: 0 }],
    ['DELETE', '/api/admin/settings?feedName=ducks&version=0', [401, 403, 403, 200, 200, 403]],
    ['GET', '/api/feeds', [200, 200, 200, 200, 200, 200]],
    ['GET', '/api/feeds/posts?feed=ducks', [401, 403, 200, 200, 200, 200]],
    ['GET', '/api/feeds/posts?feed=geese', [401, 403, 403, 403, 200, 403]],
    ['GET', '/api/feeds/posts?feed=open', [200, 200, 200, 200, 200, 200]],
  ];

  test.for(ROUTES)('%s %s', async ([method, path, statuses, body]) => {
    const asked = [{}, as('STRANGER'), as('MODERATOR'), as('HOST'), as('OPERATOR'), sessions.get('HOST')?.reading];
    const answers: number[] = [];
    for (const headers of asked) answers.push((await here.send(method, path, headers, body)).status);
    expect(answers).toEqual(statuses);
  });

  test('is told its feeds by GET /api/admin/feeds', async () => {
    const feedsOf = async (role: Role) => (await here.get('/api/admin/feeds', as(role))).body.feeds;
    expect(await feedsOf('HOST')).toMatchObject({ ducks: { role: 'host' }, open: {}, same: {}, mine: {} });
    expect(await feedsOf('MODERATOR')).toMatchObject({ ducks: { role: 'moderator', title: 'ducks' } });
    expect(Object.keys(await feedsOf('OPERATOR'))).toHaveLength(6);
    expect(await feedsOf('STRANGER')).toEqual({});
  });
});

describe('a decision', () => {
  test('bears the DID of who made it', async () => {
    const did = didOf('named');
    await wait(did);
    expect(await decide('HOST', did, 'action=approve&note=hi')).toMatchObject({
      status: 200,
      body: { state: 'approved' },
    });
    const { body } = await here.get(`/api/admin/audit_log?feedName=ducks&subject=${did}`, as('MODERATOR'));
    expect(body.entries[0]).toMatchObject({ changedBy: `${HOST} (console)`, note: 'hi' });
  });

  test('in a tab that has not seen the last one changes nothing, and says who was first and when', async () => {
    const did = didOf('torn');
    await wait(did);
    const [first, second] = await Promise.all([
      decide('HOST', did, 'action=approve&expect=pending'),
      decide('MODERATOR', did, 'action=reject&expect=pending'),
    ]);
    const [late, winner] = first.status === 409 ? [first, MODERATOR] : [second, HOST];
    expect([first.status, second.status].toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(late.body.error).toBe('Conflict');
    expect(late.body.message).toMatch(
      new RegExp(`^${did} is (approved|rejected) by now, by ${winner} \\(console\\) at 20`),
    );
    const { body } = await here.get(`/api/admin/audit_log?feedName=ducks&subject=${did}`, as('HOST'));
    expect(body.entries).toHaveLength(2);
  });

  test('that comes while many members are added leaves nobody whose label is not as their standing says', async () => {
    const [did, other] = [didOf('offered'), didOf('another')];
    const { clickhouse } = stage;
    const change = (client: ClickHouse, dids: readonly string[], action: MemberAction) =>
      changeMembers(
        client,
        { label: 'ducks', changedBy: 'x' },
        dids.map((each) => ({ did: each, actions: [action] })),
      );
    await change(clickhouse, [did], { kind: 'offer', source: 'list', approve: 'auto' });
    const [haveRead, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const query: ClickHouse['query'] = async (...asked) => {
      const rows = await clickhouse.query(...asked);
      haveRead.resolve();
      await mayGoOn.promise;
      return rows;
    };
    const adding = change({ ...clickhouse, query }, [did, other], { kind: 'give' });
    await haveRead.promise;
    await change(clickhouse, [did], { kind: 'ban' });
    mayGoOn.resolve();
    await adding;
    const stored = (await readStoredMembers(clickhouse, 'ducks', [did])).get(did);
    expect(stored).toMatchObject({ request: { state: 'approved' }, label: { deleted: false } });
  });

  test('of a moderator is about accounts that wait, never about members', async () => {
    const [waiting, member] = [didOf('waiting'), didOf('member')];
    await wait(waiting);
    await addMembers(here, 'ducks', [member]);
    expect((await decide('MODERATOR', waiting, 'action=reject')).status).toBe(200);
    expect((await decide('MODERATOR', waiting, 'action=approve')).status).toBe(409);
    expect((await decide('MODERATOR', member, 'action=reject')).status).toBe(409);
    expect((await decide('MODERATOR', member, 'action=reject&expect=approved')).status).toBe(403);
    expect((await decide('MODERATOR', didOf('new'), 'action=approve')).status).toBe(409);
    for (const action of ['give', 'remove', 'ban', 'unban', 'leave'])
      expect((await decide('MODERATOR', member, `action=${action}`)).status).toBe(403);
    expect(here.feedgen.context.membership.has('ducks', member)).toBe(true);
  });
});

test('many members are added at once, each line with its outcome, however hostile the others', async () => {
  const [known, twice] = [await directory.register('known'), didOf('twice')];
  const handle = `${known.did.slice(8, 16)}.example`;
  const version = timeVersion(Date.now() * 1000);
  await insertRows(stage.clickhouse, actorHandles, [{ did: known.did, handle, version }]);
  const accounts = [
    twice,
    `\u202E${twice}\u202C`,
    `@${handle.toUpperCase()}`,
    'nobody.example',
    '',
    'x'.repeat(10_000),
    `${'a.'.repeat(5_000)}com`,
    '<script>alert(1)</script>',
    'javascript:alert(1)',
    `https://bsky.app/profile/${twice}?q=1`,
    '\u0000',
    'a\u0301'.repeat(100),
  ];
  const add = () => here.send('POST', '/api/admin/feed_members/bulk', as('HOST'), { feedName: 'ducks', accounts });
  const first = await add();
  expect(first.status).toBe(200);
  const { results } = bodyOf(bulkMembersAnswer, first);
  expect(results.map(({ account }) => account)).toEqual(accounts);
  const malformed = 'malformed';
  expect(results.map(({ outcome }) => outcome)).toEqual([
    'added',
    'already',
    'added',
    'unknown',
    malformed,
    malformed,
    malformed,
    malformed,
    malformed,
    'already',
    malformed,
    malformed,
  ]);
  const again = bodyOf(bulkMembersAnswer, await add()).results;
  expect(again.filter(({ outcome }) => outcome === 'already').map(({ did }) => did)).toEqual([
    twice,
    twice,
    known.did,
    twice,
  ]);
  const search = { label: 'ducks', search: handle.slice(0, 8), page: 1, limit: 10 };
  const { totalCount } = await here.feedgen.context.membership.page(search);
  expect(totalCount).toBe(1);
  const tooMany = { feedName: 'ducks', accounts: Array.from({ length: 501 }, () => twice) };
  expect((await here.send('POST', '/api/admin/feed_members/bulk', as('HOST'), tooMany)).status).toBe(400);

  const suggested = await here.get(`/api/admin/account_suggestions?q=${handle.slice(0, 4)}`, as('HOST'));
  const account = { did: known.did, handle, displayName: '' };
  expect(suggested.body).toEqual({ accounts: [account] });
  const why = (name: string) =>
    here.get(`/api/admin/explain?feed=ducks&uri=at://${name}/app.bsky.feed.post/3l3frqadlo32h`, as('MODERATOR'));
  const uri = `at://${known.did}/app.bsky.feed.post/3l3frqadlo32h`;
  expect(await why(handle)).toMatchObject({ status: 200, body: { uri } });
  expect((await why('nobody.example')).status).toBe(400);
  const q = encodeURIComponent(`\u202E@${handle}`);
  expect((await here.get(`/api/admin/account_suggestions?q=${q}`, as('HOST'))).body).toEqual({ accounts: [account] });
});

test('those whom the feeds know are suggested first, then others of the network, eight at the most', async () => {
  const now = timeVersion(Date.now() * 1000);
  const handles = ['marsh-member', ...Array.from({ length: 12 }, (_, index) => `marsh${index}`)];
  const rows = handles.map((name) => ({ did: didOf(name), handle: `${name}.example`, version: now }));
  await insertRows(stage.clickhouse, actorHandles, rows);
  await addMembers(here, 'ducks', [didOf('marsh-member')]);
  const suggestedFor = async (q: string) => {
    const answer = await here.get(`/api/admin/account_suggestions?q=${encodeURIComponent(q)}`, as('HOST'));
    return bodyOf(accountSuggestions, answer).accounts.map(({ handle }) => handle);
  };
  const found = ['marsh-member', ...Array.from({ length: 7 }, (_, index) => `marsh${index}`)];
  expect(await suggestedFor('@MARSH')).toEqual(found.map((name) => `${name}.example`));
  expect(await suggestedFor('marsh1')).toEqual(['marsh1', 'marsh10', 'marsh11'].map((name) => `${name}.example`));
  expect(await suggestedFor('marsh%')).toEqual([]);
});

test('lists of what was done name accounts by their handles too, where these are known', async () => {
  const [did, stranger] = [didOf('listed'), didOf('unlisted')];
  const version = timeVersion(Date.now() * 1000);
  const rows = [
    { did, handle: 'listed.example', version },
    { did: HOST, handle: 'host.example', version },
  ];
  await insertRows(stage.clickhouse, actorHandles, rows);
  const byHost = { changedBy: `${HOST} (console)`, changedByHandle: 'host.example' };
  const post = `at://${did}/app.bsky.feed.post/3l3frqadlo32h`;
  for (const subject of [post, stranger])
    await put('HOST', `/api/admin/feed_hides?feedName=ducks&subject=${encodeURIComponent(subject)}&reason=x`);
  await wait(did);
  await decide('HOST', did, 'action=reject');
  const listed = async (path: string) => (await here.get(`/api/admin/${path}feedName=ducks`, as('HOST'))).body;
  expect(await listed('feed_hides?')).toMatchObject({
    hides: [
      { subject: stranger, subjectHandle: '', ...byHost },
      { subject: post, subjectHandle: 'listed.example', ...byHost },
    ],
  });
  const { entries } = await listed(`audit_log?subject=${did}&`);
  expect(entries).toMatchObject([
    { subject: did, subjectHandle: 'listed.example', ...byHost },
    { subject: did, subjectHandle: 'listed.example', changedBy: did, changedByHandle: 'listed.example' },
  ]);
  const { requests } = await listed('member_requests?state=rejected&');
  expect(requests).toContainEqual(expect.objectContaining({ did, ...byHost }));
});

describe("a feed's settings", () => {
  const settingsOf = async (name: string) =>
    bodyOf(feedSettings, await here.get(`/api/admin/settings?feedName=${name}`, as('HOST'))).settings;
  const preview = (feedName: string, settings: string) =>
    here.send('POST', '/api/admin/preview', as('HOST'), { feedName, settings });

  test('are shown as they are written, with what they take from elsewhere written out', async () => {
    expect(await settingsOf('ducks')).toBe(
      [
        'kind: author-label # those of the pond',
        'label: ducks',
        'audience: members',
        '# Often, for they dive.',
        'refresh: 1s',
        `hosts: ['${HOST}']`,
        `moderators: ['${MODERATOR}']`,
        '',
      ].join('\n'),
    );
    expect(await settingsOf('same')).toBe(`kind: top\nminimumLikes: 1\nhosts:\n  - ${HOST}\n`);
  });

  test('can be tried out beside the present ones, and nothing is saved', async () => {
    const at = Date.now() - 60_000;
    const [liked = '', little = ''] = await stage.network.post(
      { did: didOf('one'), atMs: at },
      { did: didOf('two'), atMs: at },
    );
    await stage.network.like(liked, 3);
    await stage.network.like(little, 1);
    const pin = `at://${didOf('notice')}/app.bsky.feed.post/3l3frqadlo32h`;
    const pageOf = async () => bodyOf(feedPage, await here.get('/api/feeds/posts?feed=open'));
    await until(async () => (await pageOf()).posts.length === 3);
    const settings = (await settingsOf('open')).replace('minimumLikes: 1', 'minimumLikes: 2');
    const answer = await preview('open', settings);
    expect(answer).toMatchObject({ status: 200 });
    expect(bodyOf(previewAnswer, answer)).toEqual({ present: [pin, liked, little], changed: [pin, liked] });
    expect((await put('HOST', `/api/admin/feed_hides?feedName=open&subject=${pin}&reason=x`)).status).toBe(200);
    expect(bodyOf(previewAnswer, await preview('open', settings))).toEqual({
      present: [liked, little],
      changed: [liked],
    });
    await here.send('DELETE', `/api/admin/feed_hides?feedName=open&subject=${pin}`, as('HOST'));
    await here.rebuild('open');
    expect((await pageOf()).posts).toEqual([
      { uri: pin, isPinned: true },
      { uri: liked, isPinned: false },
      { uri: little, isPinned: false },
    ]);
  });

  test('that are wrong are refused in the words of the file’s reader, with the line', async () => {
    const faults: [string, string | RegExp][] = [
      ['kind: top\nminimumLikes: none\n', 'settings:2: minimumLikes: expected number, got "none"'],
      ['kind: top\nminimumLikes: 1\nwindwo: 1h\n', 'settings:3: windwo: there is no such setting here'],
      ['kind: top\n\t- x', /^settings:2: /],
      ['', /^settings:1: /],
      ['*hosts', 'settings:1: there is no &hosts above this *hosts'],
      ['['.repeat(9_000), /^settings/],
      [`a: &a [x]\nb: [${'*a,'.repeat(3_000)}]`, /^settings/],
      ['__proto__: { kind: top }\nkind: top\nminimumLikes: 1', /^settings/],
    ];
    for (const [settings, message] of faults) {
      const { status, body } = await preview('ducks', settings);
      const told = typeof message === 'string' ? message : expect.stringMatching(message);
      expect([status, body.message]).toEqual([400, told]);
    }
    expect((await preview('mine', 'kind: following\nfallback: open')).status).toBe(400);
    expect((await preview('open', 'kind: following\nfallback: same')).status).toBe(400);
  });

  test('that would show what is for others are refused', async () => {
    const wide = [
      'kind: author-label\nlabel: geese\n',
      'kind: search\nquery: duck\nauthors: geese\n',
      'kind: top\nminimumLikes: 1\naudience: members\nmembers: geese\n',
      'kind: union\nfeeds: [geese]\naudience: members\nmembers: geese\n',
      `kind: list\nlist: ${LIST}\n`,
      'kind: search\nquery: duck\nvariants: { x: { authors: geese, share: 5 } }\n',
    ];
    for (const settings of wide)
      expect(await preview('ducks', settings)).toMatchObject({ status: 403, body: { error: 'Forbidden' } });
    const own = 'kind: union\nfeeds: [open]\naudience: members\nmembers: ducks\n';
    expect((await preview('ducks', own)).status).toBe(200);
  });
});

test('of feeds that are not for everyone, everybody is told what they are and nothing of their posts', async () => {
  const { feeds } = bodyOf(feedList, await here.get('/api/feeds'));
  const [ducks, open, mine] = ['ducks', 'open', 'mine'].map((name) => feeds.find((feed) => feed.name === name));
  expect(Object.keys(ducks ?? {}).toSorted()).toEqual(
    ['name', 'uri', 'title', 'description', 'kind', 'audience', 'isPersonal', 'variants'].toSorted(),
  );
  expect(open).toMatchObject({ builtAt: expect.any(String), documents: { rss: expect.stringMatching(/open\.rss$/) } });
  expect(mine).toMatchObject({ isPersonal: true });
  expect((await here.get('/api/feeds/posts?feed=mine')).status).toBe(400);
  expect((await here.get('/api/feeds/posts?feed=nope')).body.error).toBe('UnknownFeed');
});

test('a feed’s posts are read to the end by cursors', async () => {
  const author = didOf('author');
  await addMembers(here, 'ducks', [author]);
  const uris = await stage.network.post(
    ...Array.from({ length: 35 }, (_, n) => ({ did: author, atMs: Date.now() - 120_000 - n })),
  );
  await here.rebuild('ducks');
  const read = (cursor: string) => here.get(`/api/feeds/posts?feed=ducks&cursor=${cursor}`, as('HOST'));
  const first = bodyOf(feedPage, await read(''));
  const second = bodyOf(feedPage, await read(first.cursor ?? ''));
  expect([first.posts.length, second.posts.length, second.cursor]).toEqual([30, 5, undefined]);
  expect([...first.posts, ...second.posts].map(({ uri }) => uri)).toEqual(uris);
  expect((await read('x')).status).toBe(400);
});
