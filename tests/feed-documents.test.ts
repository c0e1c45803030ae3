import { formatTid, recordTime, timeVersion } from '@updraft/atproto';
import { actorHandles, insertRows, postRows } from '@updraft/store';
import { parseJsonFeed, parseRssFeed } from 'feedsmith';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addMembers } from './feedgen/members.ts';
import { PROFILE, selfLabels, writeSelf } from './feedgen/moderation.ts';
import { didOf } from './feedgen/network.ts';
import { ACTOR_DID, type Instance, type Stage, startStage, until } from './feedgen/stage.ts';
import { postRow } from './record-row.ts';

const MIA = didOf('mia');
const FEEDS = `
feeds:
  open: { kind: author-label, label: club, refresh: 1s, publish: { name: 'Ours & <theirs>', description: 'All of it' } }
  a-club: { kind: author-label, label: club, audience: members }
  signed: { kind: author-label, label: club, audience: signed-in }
`;
const TEXTS = ['Tom & <b>Jerry</b> ]]>\nsecond line', '\u202Ehidden\u0000 👩‍👩‍👧'];

let stage: Stage;
let feeds: Instance;

beforeAll(async () => {
  stage = await startStage();
  feeds = await stage.startFeedgen({ feeds: FEEDS });
  await addMembers(feeds, 'club', [MIA]);
  const rows = TEXTS.map((text, n) => {
    const sortAt = Date.now() - (n + 1) * 60_000;
    const rkey = formatTid({ micros: sortAt * 1000, clockId: n });
    const version = timeVersion(sortAt * 1000);
    return postRow({ did: MIA, rkey, recordHour: recordTime(rkey).recordHour, sortAt, version, text });
  });
  await insertRows(stage.clickhouse, postRows, rows);
  await insertRows(stage.clickhouse, actorHandles, [
    { did: MIA, handle: 'mia.example', version: timeVersion(Date.now() * 1000) },
  ]);
  await feeds.rebuild('open');
});
afterAll(() => stage[Symbol.asyncDispose]());

async function read(path: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${feeds.url}${path}`, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('a feed for everyone is read as RSS', async () => {
  const { status, headers, text } = await read('/feeds/open.rss');
  expect([status, headers.get('content-type')]).toEqual([200, 'application/rss+xml; charset=utf-8']);
  const { title, description, link, items = [] } = parseRssFeed(text);
  expect({ title, description }).toEqual({ title: 'Ours & <theirs>', description: 'All of it' });
  expect(link).toBe(`https://bsky.app/profile/${encodeURIComponent(ACTOR_DID)}/feed/open`);
  expect(items.map((item) => [item.title, item.description, item.dc?.creators])).toEqual([
    [
      'Tom & <b>Jerry</b> ]]>',
      '<p dir="auto">Tom &amp; &lt;b&gt;Jerry&lt;/b&gt; ]]&gt;<br>second line</p>',
      ['@mia.example'],
    ],
    ['\u202Ehidden 👩‍👩‍👧\u202C', '<p dir="auto">\u202Ehidden 👩‍👩‍👧</p>', ['@mia.example']],
  ]);
});

test('and as JSON Feed, with the texts as they are', async () => {
  const { status, headers, text } = await read('/feeds/open.json');
  expect([status, headers.get('content-type')]).toEqual([200, 'application/feed+json; charset=utf-8']);
  const { feed_url: url, items = [] } = parseJsonFeed(text) as unknown as JsonFeed;
  const { version } = JSON.parse(text) as { version: string };
  expect({ version, url }).toEqual({
    version: 'https://jsonfeed.org/version/1.1',
    url: 'https://feeds.example/feeds/open.json',
  });
  expect(items.map(({ content_text: content }) => content)).toEqual(TEXTS);
  expect(items[0]).toMatchObject({
    url: expect.stringMatching(/^https:\/\/bsky\.app\/profile\/did%3Aplc%3A\w+\/post\/\w{13}$/),
    authors: [{ name: '@mia.example' }],
  });
});

interface JsonFeed {
  readonly feed_url: string;
  readonly items?: readonly {
    readonly content_text: string;
    readonly url: string;
    readonly authors: readonly object[];
  }[];
}

test('who has a document already gets it again only when it has changed', async () => {
  const { headers } = await read('/feeds/open.rss');
  const etag = headers.get('etag') ?? '';
  expect(headers.get('cache-control')).toBe('public, max-age=60');
  await feeds.rebuild('open');
  const again = await read('/feeds/open.rss', { 'if-none-match': `"x", W/${etag}` });
  expect([again.status, again.text]).toEqual([304, '']);
});

test('a feed for members and one that does not exist are both unknown, and the landing page names neither', async () => {
  const answers = await Promise.all(
    ['a-club.rss', 'signed.json', 'nope.rss', 'open.txt'].map((file) => read(`/feeds/${file}`)),
  );
  const [first] = answers;
  expect(first?.status).toBe(404);
  expect(answers.map(({ status, text }) => ({ status, text }))).toEqual(
    answers.map(() => ({ status: first?.status, text: first?.text })),
  );
  const { text } = await read('/');
  expect([...text.matchAll(/href="(\/feeds\/[^"]+)"/g)].map(([, path]) => path)).toEqual([
    '/feeds/open.rss',
    '/feeds/open.json',
  ]);
});

test('posts of an account that wants signed-in readers only are in the feed and in no document', async () => {
  const shy = didOf('shy');
  const [post = ''] = await stage.network.post({ did: shy, atMs: Date.now() - 60_000 });
  const shows = async () => (await read('/feeds/open.json')).text.includes(post);
  await writeSelf(stage.clickhouse, shy, PROFILE, selfLabels('!no-unauthenticated'));
  await addMembers(feeds, 'club', [shy]);
  await feeds.rebuild('open');
  expect(feeds.feedgen.context.live.current('open')?.posts.map(({ uri }) => uri)).toContain(post);
  expect(await shows()).toBe(false);
  await writeSelf(stage.clickhouse, shy, PROFILE, { displayName: 'bold' });
  await feeds.rebuild('open');
  expect(await shows()).toBe(true);
  await stage.network.deletePost(post);
});

test('a post that goes is in no document any more', async () => {
  const second = feeds.feedgen.context.live.current('open')?.posts.at(-1);
  await stage.network.deletePost(second?.uri ?? '');
  await until(async () => !(await read('/feeds/open.json')).text.includes('hidden'));
});

test('one who asks for too many is told to wait', async () => {
  const statuses = await Promise.all(Array.from({ length: 90 }, async () => (await read('/feeds/open.rss')).status));
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
});
