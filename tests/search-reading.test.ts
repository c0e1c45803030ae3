import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, commitLine } from './indexer/events.ts';
import { type Stack, type Store, startProgram, startStack } from './indexer/stack.ts';
import { type SearchService, startSearchService } from './search/service.ts';
import { selectRows } from './select-rows.ts';

let stack: Stack;
let store: Store;
let service: SearchService;

const [ALICE, BOB, CAROL] = [account(1), account(2), account(3)];
const POST = 'app.bsky.feed.post';
/** The stream's last events are a moment old, so that `top` sees them too. */
const RECENT = Math.round((Date.now() * 1000 - 600_000_000 - 1_783_175_888_000_000) / 100_000);
let next = RECENT;

const post = (text: string, more: Record<string, unknown> = {}, did = ALICE) =>
  commitLine(next++, {
    did,
    collection: POST,
    record: { $type: POST, text, createdAt: new Date().toISOString(), ...more },
  });
const picture = (alt: string) => ({
  alt,
  image: { $type: 'blob', ref: { $link: 'bafkrei' }, mimeType: 'image/jpeg', size: 1 },
});
const gallery = (...alts: string[]) => ({
  $type: 'app.bsky.embed.gallery',
  items: alts.map((alt) => ({
    $type: 'app.bsky.embed.gallery#image',
    ...picture(alt),
    aspectRatio: { width: 4, height: 3 },
  })),
});
const named = (did: string, handle: string, second: number) => {
  const time = `2026-07-04T14:38:0${second}.000Z`;
  return JSON.stringify({
    did,
    time_us: 1_783_175_880_000_000,
    kind: 'identity',
    identity: { did, handle, seq: second, time },
  });
};
const quoted = (media: unknown) => ({
  $type: 'app.bsky.embed.recordWithMedia',
  record: { $type: 'app.bsky.embed.record', record: { cid: 'bafy', uri: `at://${BOB}/${POST}/3mptbyplj5d2a` } },
  media,
});
const tag = (name: string) => [
  { index: { byteStart: 0, byteEnd: 3 }, features: [{ $type: 'app.bsky.richtext.facet#tag', tag: name }] },
];

beforeAll(async () => {
  stack = await startStack();
  store = await stack.createStore('search_reading');
  await index([
    named(ALICE, 'alice.example.com', 1),
    named(BOB, 'shared.example.com', 2),
    named(CAROL, 'shared.example.com', 3),
    named(account(4), 'handle.invalid', 4),
    post('harbour five photos', { embed: gallery('lighthouse 1', 'lighthouse 2', 'crane', '', 'gull') }),
    post('harbour quote', { embed: quoted(gallery('a red crane')) }),
    post('harbour one photo', { embed: { $type: 'app.bsky.embed.images', images: [picture('windmill at dusk')] } }),
    post('harbour film', { embed: { $type: 'app.bsky.embed.video', alt: 'windmill turning' } }),
    post('harbour news', {
      embed: {
        $type: 'app.bsky.embed.external',
        external: { uri: 'https://www.x.example/storm', title: 'Storm tide', description: 'd' },
      },
    }),
    post('quay map', {
      facets: [
        {
          index: { byteStart: 0, byteEnd: 3 },
          features: [{ $type: 'app.bsky.richtext.facet#link', uri: 'https://maps.example.org/a' }],
        },
      ],
    }),
    post('harbour riddle', { embed: { $type: 'app.bsky.embed.hologram' } }),
    post('＃灯台めぐり trip', { facets: tag('灯台めぐり') }),
    post('灯台めぐりの話 trip'),
    post('$AAPL is up', { facets: tag('$AAPL') }),
    post('no facet for $AAPL, alas'),
    post('AAPL without a sign'),
    post('臺北', { langs: ['zh-Hant-TW'] }),
    post('北京', { langs: ['zh-Hans'] }),
    post('our cafe', {}, BOB),
    post('notre café', {}, BOB),
    post('CAFE and café', {}, BOB),
    post('by carol', {}, CAROL),
    post('by nobody', {}, account(4)),
  ]);
  service = await startSearchService(store);
}, 240_000);
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await stack.close();
});

async function index(lines: readonly string[]): Promise<void> {
  const file = join(stack.directory, 'reading.jsonl');
  await writeFile(file, `${lines.join('\n')}\n`);
  const program = startProgram('apps/indexer/src/replay-command.ts', ['--restart', file], store.env);
  const { code } = await program.exited;
  if (code !== 0) throw new Error(program.output());
}

interface Page {
  readonly posts: readonly { readonly text: string; readonly handle?: string }[];
  readonly cursor?: string;
}

async function ask(q: string, more = ''): Promise<Page> {
  const answer = await service.get(`/search/posts?q=${encodeURIComponent(q)}&limit=100${more}`);
  expect(answer.status, `${q}: ${answer.text}`).toBe(200);
  return answer.json();
}

async function texts(q: string, more = ''): Promise<string[]> {
  return (await ask(q, more)).posts.map(({ text }) => text);
}

describe('pictures', () => {
  test('of a gallery are media, also beside a quote', async () => {
    expect(await texts('harbour has:media')).toEqual(
      ['film', 'one photo', 'quote', 'five photos'].map((text) => `harbour ${text}`),
    );
    expect(await texts('harbour -has:media')).toEqual(['harbour riddle', 'harbour news']);
    const rows = await selectRows<{ embed: string; has_embedded_media: number }>(
      store.clickhouse,
      "SELECT embed, has_embedded_media FROM posts FINAL WHERE text LIKE 'harbour%' ORDER BY sort_at",
    );
    expect(rows.map(({ embed }) => embed)).toEqual(['gallery', 'gallery', 'images', 'video', 'external', 'other']);
    expect(rows.map(({ has_embedded_media }) => has_embedded_media)).toEqual([1, 1, 1, 1, 0, 0]);
  });

  test('are found by their alternative texts, links by their titles, and no phrase runs from one text to another', async () => {
    expect(await texts('harbour lighthouse')).toEqual(['harbour five photos']);
    expect(await texts('windmill')).toEqual(['harbour film', 'harbour one photo']);
    expect(await texts('"windmill turning"')).toEqual(['harbour film']);
    expect(await texts('crane')).toEqual(['harbour quote', 'harbour five photos']);
    expect(await texts('"storm tide"')).toEqual(['harbour news']);
    expect(await texts('"photos lighthouse"')).toEqual([]);
    expect(await texts('"2 crane"')).toEqual([]);
    expect(await texts('harbour -windmill -crane')).toEqual(['harbour riddle', 'harbour news']);
  });
});

describe('links and alternative texts', () => {
  test('links are found by their domains and those above, in a text and as a card, in any form of the address', async () => {
    for (const q of ['domain:x.example', 'domain:WWW.X.example', 'domain:https://www.x.example/other?b'])
      expect(await texts(q)).toEqual(['harbour news']);
    expect(await texts('domain:example.org')).toEqual(['quay map']);
    expect(await texts('domain:other.x.example')).toEqual([]);
    expect(await texts('harbour -has:media -domain:x.example')).toEqual(['harbour riddle']);
    const answer = await service.get('/xrpc/app.bsky.unspecced.searchPostsSkeleton?q=*&domain=maps.example.org');
    expect((answer.json() as { posts: unknown[] }).posts).toHaveLength(1);
  });

  test('alternative texts are found apart from all other texts', async () => {
    expect(await texts('alt:WINDMILL')).toEqual(['harbour film', 'harbour one photo']);
    expect(await texts('alt:"windmill turning"')).toEqual(['harbour film']);
    expect(await texts('harbour has:media -alt:windmill -alt:"red crane"')).toEqual(['harbour five photos']);
    for (const q of ['alt:harbour', 'alt:storm', 'alt:"1 lighthouse"']) expect(await texts(q)).toEqual([]);
  });
});

describe('tags', () => {
  const skeleton = async (...tags: string[]) => {
    const params = new URLSearchParams([['q', 'trip'], ['cursor', ''], ...tags.map((each) => ['tag', each])] as never);
    const answer = await service.get(`/xrpc/app.bsky.unspecced.searchPostsSkeleton?${params.toString()}`);
    expect(answer.status).toBe(200);
    return (answer.json() as { posts: unknown[] }).posts.length;
  };

  test.for(['#灯台めぐり', '＃灯台めぐり', '﹟灯台めぐり', '\u202A＃灯台めぐり\u202C'])(
    '%j is a hashtag',
    async (q) => {
      expect(await texts(q)).toEqual(['＃灯台めぐり trip']);
    },
  );

  test('are taken by the AppView’s parameter with any sign and with spaces around', async () => {
    for (const each of ['灯台めぐり', '#灯台めぐり', '＃灯台めぐり', ' ＃灯台めぐり ', '\u2068#灯台めぐり\u2069'])
      expect(await skeleton(each)).toBe(1);
    expect(await skeleton('灯台めぐり', '#other')).toBe(0);
  });

  test('of shares are found by their sign, with and without a facet', async () => {
    expect(await texts('$AAPL')).toEqual(['no facet for $AAPL, alas', '$AAPL is up']);
    expect(await texts('＄aapl -facet')).toEqual(['$AAPL is up']);
    expect(await texts('aapl')).toHaveLength(3);
  });
});

describe('languages', () => {
  test.for([
    ['lang:zh', 2],
    ['lang:zh-Hant', 1],
    ['lang:zh-hant-tw', 1],
    ['lang:zh-Hant-HK', 0],
    ['lang:zh-Hans', 1],
    ['lang:zh-H', 0],
  ] as const)('%s finds %i', async ([q, count]) => {
    expect(await texts(q)).toHaveLength(count);
  });
});

describe('accounts', () => {
  test.for([
    'from:\u202Aalice.example.com\u202C',
    '\u202Afrom:@alice.example.com\u202C',
    'from:Alice.Example.COM.',
    'from:＠alice.example.com',
    'from:https://bsky.app/profile/alice.example.com?x=y',
    `from:at://${ALICE}`,
  ])('%j names Alice', async (who) => {
    expect(await texts(`harbour ${who}`)).toHaveLength(6);
  });

  test('a handle that two claim is of the newest claim, and handle.invalid is of nobody', async () => {
    expect(await texts('from:shared.example.com')).toEqual(['by carol']);
    expect(await texts('from:handle.invalid')).toEqual([]);
    const { posts } = await ask(`from:${account(4)}`);
    expect(posts).toMatchObject([{ text: 'by nobody' }]);
    expect(posts[0]).not.toHaveProperty('handle');
    const redir = await service.get(
      `/redir?q=${encodeURIComponent('\u202Ahttps://bsky.app/profile/@Shared.example.com\u202C')}`,
    );
    expect(redir.text).toBe(`at://${CAROL}`);
  });
});

describe('accents', () => {
  const all = ['CAFE and café', 'notre café', 'our cafe'];

  test('may be left out, or be there, of a word alone', async () => {
    for (const q of ['cafe', 'café', 'CAFÉ', 'càfe']) expect(await texts(`${q} from:${BOB}`)).toEqual(all);
  });

  test('count in quotes, in phrases and after a dash', async () => {
    expect(await texts('"cafe"')).toEqual(['CAFE and café', 'our cafe']);
    expect(await texts('"café"')).toEqual(['CAFE and café', 'notre café']);
    expect(await texts('"notre cafe"')).toEqual([]);
    expect(await texts('cafe -café')).toEqual(['our cafe']);
    expect(await texts('café -cafe')).toEqual(['notre café']);
    expect(await texts('cafe -cafe')).toEqual([]);
  });

  test('rank after what is spelled as asked, page by page', async () => {
    const byPage = async (q: string) => {
      const found: string[] = [];
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const answer = await service.get(`/search/posts?q=${encodeURIComponent(q)}&sort=top&limit=1&cursor=${cursor}`);
        const page: Page = answer.json();
        found.push(...page.posts.map(({ text }) => text));
        cursor = page.cursor;
      }
      return found;
    };
    expect(await byPage('cafe')).toEqual(['CAFE and café', 'our cafe', 'notre café']);
    expect(await byPage('café')).toEqual(['CAFE and café', 'notre café', 'our cafe']);
  });
});

test('a page of the most liked whose counts are gone is refused, and repeats nothing', async () => {
  const first = await service.get('/search/posts?q=harbour&sort=top&limit=1');
  const { cursor = '' }: Page = first.json();
  const fields = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
  fields[4] = Date.now() - 1_860_000;
  const old = Buffer.from(JSON.stringify(fields)).toString('base64url');
  const answer = await service.get(`/search/posts?q=harbour&sort=top&limit=1&cursor=${old}`);
  expect([answer.status, answer.json()]).toEqual([
    400,
    { error: 'InvalidRequest', message: 'cursor: it is too old; begin again without one' },
  ]);
  expect((await service.get(`/search/posts?q=harbour&sort=top&limit=1&cursor=${cursor}`)).status).toBe(200);
});
