import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitVersion, formatTid, tagToken } from '@updraft/atproto';
import { runCommand } from '@updraft/command';
import {
  insertRows,
  listErasedAccounts,
  postRows,
  profiles,
  readNewMembers,
  recordRows,
  removeAccountRows,
} from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addFeedsCommands } from '../apps/admin/src/feeds/feeds-commands.ts';
import { type Account, type Directory, startDirectory } from './feedgen/directory.ts';
import { didOf } from './feedgen/network.ts';
import { ACTOR_DID, type Instance, type Stage, startStage, until, uris } from './feedgen/stage.ts';
import { bearer, sign } from './feedgen/tokens.ts';
import { postRow, recordRow } from './record-row.ts';
import { selectRows } from './select-rows.ts';

const OWNER = didOf('owner');
const STAR = didOf('star');
const LIST = `at://${OWNER}/app.bsky.graph.list/${formatTid({ micros: Date.now() * 1000 - 5e9, clockId: 1 })}`;
const PACK = `at://${OWNER}/app.bsky.graph.starterpack/${formatTid({ micros: Date.now() * 1000 - 5e9, clockId: 2 })}`;
const PACKED = `at://${OWNER}/app.bsky.graph.list/packed`;
const FEED = `at://${ACTOR_DID}/app.bsky.feed.generator/a-ducks`;
const FEEDS = `
feeds:
  a-ducks:
    kind: author-label
    label: ducks
    audience: members
    refresh: 60s
    membersFrom:
      - { from: list, uri: '${LIST}', approve: auto }
      - { from: followers, of: '${STAR}' }
      - { from: hashtag, tag: ducks, approve: auto }
      - { from: request, tag: letmein, approve: auto }
  a-geese:
    kind: author-label
    label: geese
    refresh: 60s
    membersFrom: [{ from: list, uri: '${PACK}', approve: auto }, { from: request }]
  a-swans: { kind: author-label, label: swans, refresh: 60s, membersFrom: [{ from: request }] }
  a-plain: { kind: author-label, label: plain, refresh: 60s }
`;

let stage: Stage;
let directory: Directory;
let here: Instance;
let folder: string;
let feedsFile: string;
let key: string;

beforeAll(async () => {
  [stage, directory] = await Promise.all([startStage(), startDirectory()]);
  folder = await mkdtemp(join(tmpdir(), 'updraft-members-'));
  feedsFile = join(folder, 'feeds.yaml');
  await writeFile(feedsFile, FEEDS);
  const made = await admin('api-key', 'create', '--feed', 'ducks', '--for', didOf('operator'));
  key = made.out[0] ?? '';
  here = await stage.startFeedgen(instance());
  await until(async () => (await here.get('/api/admin/feeds', asAdmin())).status === 200);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const instance = () => ({ feeds: FEEDS, env: { PLC_HOST: directory.url }, memberIntervalMs: 100 });
/** Requests that wait. */
const insertMany = (accounts: number) =>
  stage.clickhouse.command(
    `INSERT INTO member_requests (label, actor_did, state, source, evidence, note, changed_by, version)
     SELECT 'swans', concat('did:web:', toString(number), '.example'), 'pending', 'request', '', '', 'x', 1 FROM numbers({accounts:UInt32})`,
    { accounts },
  );
const asAdmin = () => ({ 'x-api-key': key });

async function admin(...argv: string[]) {
  const [out, notes] = [new Array<string>(), new Array<string>()];
  const env = {
    ...stage.databases.clickhouse.env,
    REDIS_ADDRESS: stage.databases.redis.address,
    FEEDS_FILE: feedsFile,
  };
  const io = { env, out: (line: string) => out.push(line), note: (line: string) => notes.push(line) };
  return { code: await runCommand('pnpm admin', addFeedsCommands, argv, io), out, notes };
}

let clock = 0;
/** A moment of its own, in microseconds since 1970. */
const tick = () => ({ micros: Date.now() * 1000 + (clock++ % 1000), clockId: clock % 1024 });

/** Writes a record as the indexer does; gives its uri. */
async function record(collection: string, repo: string, content: { json?: object; subject?: string }, rkey?: string) {
  const [tid, name] = [tick(), rkey ?? formatTid(tick())];
  const { json, subject } = content;
  const version = commitVersion(tid, false);
  const spec = {
    collection,
    repo,
    rkey: name,
    version,
    ...(subject !== undefined && { subject, createdMs: Date.now() }),
  };
  const row = recordRow({ ...spec, ...(json !== undefined && { json: JSON.stringify(json) }) });
  await insertRows(stage.clickhouse, recordRows, [row]);
  return `at://${repo}/${collection}/${name}`;
}

async function unrecord(uri: string): Promise<void> {
  const [repo = '', collection = '', rkey = ''] = uri.slice(5).split('/');
  const version = commitVersion(tick(), true);
  await insertRows(stage.clickhouse, recordRows, [recordRow({ collection, repo, rkey, version, deleted: true })]);
}

const putOnList = (did: string, by = OWNER, list = LIST) =>
  record('app.bsky.graph.listitem', by, { json: { list, subject: did } });
const follow = (did: string) => record('app.bsky.graph.follow', did, { subject: STAR });
const likeFeed = (did: string) => record('app.bsky.feed.like', did, { subject: FEED });

async function post(did: string, tag: string): Promise<void> {
  const tid = tick();
  const row = { did, rkey: formatTid(tid), sortAt: Date.now(), version: commitVersion(tid, false) };
  await insertRows(stage.clickhouse, postRows, [postRow({ ...row, tokens: [tagToken(tag)] })]);
}

/** How an account stands; a member bears the label, and nobody else does. */
async function standing(did: string, label = 'ducks'): Promise<string> {
  const [row] = await selectRows<{ state: string; source: string; bearers: string }>(
    stage.clickhouse,
    `SELECT state, source, (SELECT count() FROM actor_labels FINAL WHERE label = {label:String} AND actor_did = {did:String}) AS bearers
     FROM member_requests FINAL WHERE label = {label:String} AND actor_did = {did:String}`,
    { label, did },
  );
  if (row === undefined) return 'unknown';
  return (Number(row.bearers) === 1) === (row.state === 'approved') ? `${row.state}: ${row.source}` : 'half changed';
}

async function becomes(did: string, expected: string, label?: string): Promise<void> {
  for (let left = 200; (await standing(did, label)) !== expected; left--) {
    if (left === 0) expect(await standing(did, label)).toBe(expected);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Resolves when all sources were read twice from now on: whatever was to come of them has come. */
async function rounds(): Promise<void> {
  const read = async () => (await here.feedgen.context.metrics.memberRounds.get()).values[0]?.value ?? 0;
  const before = await read();
  await until(async () => (await read()) >= before + 3);
}

const decide = (did: string, action: string, note = '') =>
  here.send('PUT', `/api/admin/member_requests?feedName=ducks&handle=${did}&action=${action}&note=${note}`, asAdmin());

async function asViewer(account: Account, method: string, feed = FEED) {
  const token = await sign(account, { lxm: 'example.feeds.members.request' });
  return here.send(method, `/api/members/request?feed=${encodeURIComponent(feed)}`, bearer(token));
}

describe.concurrent('members come from', () => {
  test("a list's owner, and go with the list; who was given by a host stays", async () => {
    const [alice, bob, eve] = [didOf('alice'), didOf('bob'), didOf('eve')];
    const item = await putOnList(alice);
    const other = await putOnList(bob);
    await putOnList(eve, eve);
    await becomes(alice, `approved: list ${LIST}`);
    await becomes(bob, `approved: list ${LIST}`);
    await here.send('PUT', `/api/admin/feed_members?feedName=ducks&handle=${bob}`, asAdmin());
    await unrecord(item);
    await unrecord(other);
    await becomes(alice, `ended: list ${LIST}`);
    await rounds();
    expect([await standing(bob), await standing(eve)]).toEqual(['approved: api', 'unknown']);
    await putOnList(alice);
    await becomes(alice, `approved: list ${LIST}`);
  });

  test('a starter pack', async () => {
    const member = didOf('packed');
    await putOnList(member, OWNER, PACKED);
    await rounds();
    expect(await standing(member, 'geese')).toBe('unknown');
    await record('app.bsky.graph.starterpack', OWNER, { json: { list: PACKED } }, PACK.split('/').at(-1));
    await becomes(member, `approved: list ${PACK}`, 'geese');
  });

  test('the followers of an account, once a host approves, until they unfollow; another source that has them keeps them', async () => {
    const [fan, both] = [didOf('fan'), didOf('both')];
    const [followed, alsoFollowed] = [await follow(fan), await follow(both)];
    const source = `followers of ${STAR}`;
    await becomes(fan, `pending: ${source}`);
    await becomes(both, `pending: ${source}`);
    const queue = await here.get('/api/admin/member_requests?feedName=ducks', asAdmin());
    expect(queue.body).toMatchObject({ totalCount: 2, page: 1, totalPages: 1 });
    expect(queue.body.requests.map(({ did }) => did).toSorted()).toEqual([fan, both].toSorted());
    expect(await decide(fan, 'approve', 'kind')).toMatchObject({
      status: 200,
      body: { state: 'approved', note: 'kind' },
    });
    const item = await putOnList(both);
    await becomes(both, `approved: list ${LIST}`);
    await unrecord(item);
    await becomes(both, `pending: ${source}`);
    await unrecord(alsoFollowed);
    await becomes(both, 'ended: ');
    await unrecord(followed);
    await becomes(fan, `ended: ${source}`);
  });

  test('a hashtag in a post or a profile', async () => {
    const [poster, profile, nearly] = [didOf('poster'), didOf('profile'), didOf('nearly')];
    await post(poster, 'Ducks');
    const row = { displayName: '', pinnedPostUri: '', createdAt: 0, deleted: false };
    const write = (actorDid: string, description: string) =>
      insertRows(stage.clickhouse, profiles, [
        { ...row, actorDid, description, version: commitVersion(tick(), false) },
      ]);
    await write(profile, 'Friend of #DUCKS.');
    await write(nearly, 'Enemy of #ducksoup and a#ducks');
    await becomes(poster, 'approved: #ducks in posts');
    await becomes(profile, 'approved: #ducks in profiles');
    await write(profile, 'Friend of nobody');
    await becomes(profile, 'ended: #ducks in profiles');
    expect(await standing(nearly)).toBe('unknown');
  });

  test('a like of the feed, which ends with the like, and a hashtag that asks', async () => {
    const [liker, asker] = [didOf('liker'), didOf('asker')];
    const like = await likeFeed(liker);
    await post(asker, 'letmein');
    await becomes(liker, 'approved: like of the feed');
    await becomes(asker, 'approved: #letmein as a request');
    await unrecord(like);
    await becomes(liker, 'ended: like of the feed');
  });

  test('their own request, where the feed takes any', async () => {
    const viewer = await directory.register('viewer');
    const geese = FEED.replace('ducks', 'geese');
    expect(await asViewer(viewer, 'POST', geese)).toMatchObject({ status: 200, body: { state: 'pending' } });
    expect(await asViewer(viewer, 'POST')).toMatchObject({ status: 200, body: { state: 'approved' } });
    expect(await standing(viewer.did)).toBe('approved: request');
    expect(await asViewer(viewer, 'DELETE')).toMatchObject({ status: 200, body: { state: 'left' } });
    expect(await asViewer(viewer, 'POST', FEED.replace('ducks', 'plain'))).toMatchObject({ status: 403 });
    expect(await asViewer(viewer, 'POST', FEED.replace('ducks', 'nope'))).toMatchObject({ status: 400 });
    const path = `/api/members/request?feed=${encodeURIComponent(FEED)}`;
    expect(await here.send('POST', path)).toMatchObject({ status: 401 });
    expect(await here.send('POST', path, bearer(await sign(viewer)))).toMatchObject({
      status: 401,
      body: { error: 'BadJwtLexiconMethod' },
    });
  });
});

describe.concurrent('an account', () => {
  test('that left stays out of what sources say, until it asks again', async () => {
    const viewer = await directory.register('leaver');
    await likeFeed(viewer.did);
    await becomes(viewer.did, 'approved: like of the feed');
    await asViewer(viewer, 'DELETE');
    await putOnList(viewer.did);
    await rounds();
    expect(await standing(viewer.did)).toBe('left: like of the feed');
    await likeFeed(viewer.did);
    await becomes(viewer.did, 'approved: like of the feed');
  });

  test('that is banned, rejected or removed stays out whatever it or the sources do', async () => {
    const [banned, rejected, removed] = [
      await directory.register('banned'),
      await directory.register('rejected'),
      await directory.register('removed'),
    ];
    await decide(banned.did, 'ban', 'spam');
    await decide(rejected.did, 'reject');
    await putOnList(removed.did);
    await becomes(removed.did, `approved: list ${LIST}`);
    await here.send('DELETE', `/api/admin/feed_members?feedName=ducks&handle=${removed.did}`, asAdmin());
    for (const account of [banned, rejected, removed]) {
      await putOnList(account.did);
      await likeFeed(account.did);
      expect(await asViewer(account, 'DELETE')).toMatchObject({ body: { state: 'rejected' } });
      expect(await asViewer(account, 'POST')).toMatchObject({ body: { state: 'rejected' } });
    }
    await rounds();
    const states = await Promise.all([banned, rejected, removed].map(({ did }) => standing(did)));
    expect(states.map((state) => state.split(':')[0])).toEqual(['banned', 'rejected', 'rejected']);
    await admin('member', 'unban', 'ducks', banned.did);
    await until(async () => (await standing(banned.did)).startsWith('approved'));
  });

  test('that a source brought reads the feed and is in it, and its older posts are asked for', async () => {
    const member = await directory.register('brought');
    const [before = ''] = await stage.network.post({ did: member.did, atMs: Date.now() - 60_000 });
    await putOnList(member.did);
    const token = bearer(await sign(member));
    await until(async () => {
      const page = await here.page('a-ducks', {}, token);
      return page.status === 200 && uris(page).includes(before);
    });
    const query = { sinceMicros: (Date.now() - 60_000) * 1000, filledSinceMicros: Date.now() * 1000, limit: 100 };
    const waiting = await readNewMembers(stage.clickhouse, query);
    expect(waiting).toContainEqual({ did: member.did, labels: ['ducks'] });
  });

  test('has an audit log, and after its erasure no trace, though it is still on a list', async () => {
    const gone = didOf('gone');
    await putOnList(gone);
    await becomes(gone, `approved: list ${LIST}`);
    await decide(didOf('bob'), 'note', `knows ${gone}`);
    await admin('member', 'ban', 'ducks', gone, '--note', 'why not', '--by', 'me');
    const { body } = await here.get(`/api/admin/audit_log?feedName=ducks&subject=${gone}`, asAdmin());
    expect(body.entries).toMatchObject([
      { action: 'member banned', changedBy: 'me', note: 'why not' },
      { action: 'member approved', changedBy: `list ${LIST}`, note: '' },
    ]);
    expect((await admin('member', 'log', 'ducks', '--of', gone)).out).toHaveLength(2);
    expect((await admin('member', 'queue', 'ducks', '--state', 'banned', '--json')).out).toContainEqual(
      expect.stringContaining('"note":"why not"'),
    );
    await listErasedAccounts(stage.clickhouse, [gone]);
    await removeAccountRows(stage.clickhouse, [gone], () => {});
    await rounds();
    for (const [table, column] of [
      ['member_requests', 'concat(actor_did, changed_by, note)'],
      ['audit_log', 'concat(subject, changed_by, note)'],
      ['actor_labels', 'actor_did'],
    ]) {
      const rows = await selectRows(
        stage.clickhouse,
        `SELECT * FROM ${table} WHERE position(${column}, {gone:String}) > 0`,
        {
          gone,
        },
      );
      expect([table, rows]).toEqual([table, []]);
    }
  });
});

test('a key decides about its own feeds only, and nonsense is refused', async () => {
  const path = '/api/admin/member_requests';
  expect(await here.get(`${path}?feedName=geese`, asAdmin())).toMatchObject({ status: 403 });
  expect(await here.get('/api/admin/audit_log?feedName=geese', asAdmin())).toMatchObject({ status: 403 });
  expect(await here.get(`${path}?feedName=ducks`)).toMatchObject({ status: 401 });
  expect(await here.get(`${path}?feedName=ducks&state=odd`, asAdmin())).toMatchObject({ status: 400 });
  expect(await decide(didOf('alice'), 'promote')).toMatchObject({ status: 400 });
  expect(await admin('member', 'queue', 'ducks', '--state', 'odd')).toMatchObject({ code: 2 });
});

// Each round of the sources reads all of these, so it comes late.
test('no more requests come over HTTP than a source has places', async () => {
  await insertMany(100_000);
  const late = await directory.register('late');
  const swans = FEED.replace('a-ducks', 'a-swans');
  expect(await asViewer(late, 'POST', swans)).toMatchObject({ status: 429, body: { error: 'RateLimitExceeded' } });
  expect(await asViewer(late, 'DELETE', swans)).toMatchObject({ status: 200, body: { state: 'left' } });
});

test('another instance goes on when the one that reads the sources stops, and ends what a new feeds file no longer names', async () => {
  const [staying, last] = [didOf('staying'), didOf('last')];
  await putOnList(staying);
  await becomes(staying, `approved: list ${LIST}`);
  const feeds = FEEDS.replace(`- { from: list, uri: '${LIST}', approve: auto }`, '');
  await stage.startFeedgen({ ...instance(), feeds });
  await here.stop();
  await becomes(staying, `ended: list ${LIST}`);
  await putOnList(last);
  await post(last, 'ducks');
  await becomes(last, 'approved: #ducks in posts');
});
