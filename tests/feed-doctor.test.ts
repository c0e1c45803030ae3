import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtpAgent } from '@atproto/api';
import { TestNetworkNoAppView } from '@atproto/dev-env';
import { runCommand } from '@updraft/command';
import { createBuildStore } from '@updraft/feeds';
import { createRedis, ensureDatabase } from '@updraft/store';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addFeedsCommands } from '../apps/admin/src/feeds/feeds-commands.ts';
import { certificateUntil } from './doctor/certificate.ts';
import { type Fault, type Proxy, startProxy } from './doctor/proxy.ts';
import { didOf } from './feedgen/network.ts';
import { type Stage, startStage } from './feedgen/stage.ts';
import { createMigratedDatabase } from './migrated-database.ts';

// A real PDS and PLC directory, a real feed generator, and a proxy before it that is set up wrongly.
const FEEDS = `
feeds:
  hot: { kind: hot, minimumLikes: 1, refresh: 1s, publish: { name: Hot } }
  a-club: { kind: author-label, label: club, audience: members, refresh: 1s, publish: { name: Club } }
`;
/** Of single readers, who get a feed for everyone meanwhile. */
const PERSONAL = `
  mine: { kind: following, fallback: hot }
  likes: { kind: for-you, fallback: hot }
`;
const COLLECTION = 'app.bsky.feed.generator';

let network: TestNetworkNoAppView;
let stage: Stage;
let proxy: Proxy;
let publisher: AtpAgent;
let folder: string;
let liked: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  [network, stage, proxy, folder] = await Promise.all([
    TestNetworkNoAppView.create(),
    startStage(),
    startProxy(),
    mkdtemp(join(tmpdir(), 'updraft-doctor-')),
  ]);
  await writeFile(join(folder, 'feeds.yaml'), FEEDS + PERSONAL);
  publisher = new AtpAgent({ service: network.pds.url });
  await publisher.createAccount({ email: 'p@example.com', handle: 'publisher.test', password: 'hunter22' });
  const [post = ''] = await stage.network.post({ did: didOf('mia'), atMs: Date.now() - 60_000 });
  await stage.network.like(post, 3);
  liked = post;
  const service = {
    SERVICE_ENDPOINT: proxy.url,
    FEED_ACTOR_DID: publisher.assertDid,
    PLC_HOST: network.plc.url,
    ALLOW_PRIVATE_ADDRESSES: 'true',
  };
  const feeds = await stage.startFeedgen({ feeds: FEEDS + PERSONAL, env: service });
  proxy.target = feeds.url;
  env = {
    ...stage.databases.clickhouse.env,
    ...service,
    REDIS_ADDRESS: stage.databases.redis.address,
    FEEDS_FILE: join(folder, 'feeds.yaml'),
    PUBLISHER_PDS: network.pds.url,
    PUBLISHER_IDENTIFIER: 'publisher.test',
    PUBLISHER_PASSWORD: 'hunter22',
  };
  await admin(['feed', 'publish']);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await network.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => proxy.faults.clear());

interface Line {
  readonly check: string;
  readonly state: string;
  readonly what: string;
  readonly todo?: string;
}

async function admin(argv: readonly string[], changed: Readonly<Record<string, string>> = {}) {
  const [out, notes] = [new Array<string>(), new Array<string>()];
  const io = {
    env: { ...env, ...changed },
    out: (line: string) => out.push(line),
    note: (line: string) => notes.push(line),
  };
  return { code: await runCommand('pnpm admin', addFeedsCommands, argv, io), out, notes };
}

/** What is wrong: `check: what`. */
async function examine(changed: Readonly<Record<string, string>> = {}): Promise<{ code: number; wrong: string[] }> {
  const { code, out } = await admin(['feed', 'doctor', '--json'], changed);
  const lines = out.map((line) => JSON.parse(line) as Line).filter(({ state }) => state === 'wrong');
  expect(lines.filter(({ todo = '' }) => todo === '')).toEqual([]);
  return { code, wrong: lines.map(({ check, what }) => `${check}: ${what}`) };
}

test('the doctor finds nothing wrong where nothing is', async () => {
  expect(await examine()).toEqual({ code: 0, wrong: [] });
  const { out, notes } = await admin(['feed', 'doctor']);
  expect(notes).toEqual([]);
  expect(out).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^ok\trecord of hot\tnames did:web:localhost%3A\d+$/),
      expect.stringMatching(/^ok\ttoken for a-club\tis understood; this account is no member$/),
      expect.stringMatching(/^ok\tbuild of a-club\tempty, since nobody bears the label club, /),
      expect.stringMatching(/^ok\tlists of mine\t/),
      expect.stringMatching(/^ok\tlists of likes\t/),
      expect.stringMatching(/^ok\tclock of the service\t/),
    ]),
  );
});

const DID_JSON = '/.well-known/did.json';
const PAGE = '/xrpc/app.bsky.feed.getFeedSkeleton';
const answer = (status: number, body: object): Fault => ({ answer: { status, body } });
const didJson = (...service: object[]) =>
  answer(200, { id: proxy.url.replace('http://localhost:', 'did:web:localhost%3A'), service });

const proxies: [string, string, () => Fault, RegExp][] = [
  ['a proxy that does not lead to the DID document', DID_JSON, () => answer(404, {}), /^DID document: .* answers 404$/],
  [
    'a DID document without #bsky_fg',
    DID_JSON,
    () => didJson({ id: '#other' }),
    /^DID document: .* has no service #bsky_fg$/,
  ],
  [
    'a DID document that names another endpoint',
    DID_JSON,
    () => didJson({ id: '#bsky_fg', type: 'BskyFeedGenerator', serviceEndpoint: 'https://old.example' }),
    /^DID document: #bsky_fg leads to https:\/\/old\.example, not to /,
  ],
  [
    'another service at the endpoint',
    '/xrpc/app.bsky.feed.describeFeedGenerator',
    () => answer(200, { did: 'did:web:old.example', feeds: [] }),
    /^endpoint: the service there is did:web:old\.example, not /,
  ],
  [
    'pages that the proxy does not lead to the service',
    PAGE,
    () => answer(502, {}),
    /^page of hot: is answered by 502$/,
  ],
  [
    'a proxy that keeps the tokens',
    PAGE,
    () => ({ dropped: ['authorization'] }),
    /^token for a-club: does not arrive$/,
  ],
  [
    'a clock that goes wrong',
    DID_JSON,
    () => ({ date: new Date(Date.now() + 600_000).toUTCString() }),
    /^clock of the service: is (599|60[01]) s ahead of that of http/,
  ],
];

test.for(proxies)('the doctor finds %s', async ([, path, fault, expected]) => {
  proxy.faults.set(path, fault());
  const { code, wrong } = await examine();
  expect(code).toBe(1);
  expect(wrong).toContainEqual(expect.stringMatching(expected));
});

test('the doctor finds a feed that is given to everybody though it is for members', async () => {
  const file = join(folder, 'closed.yaml');
  const closed = (more: string) => FEEDS.replace('kind: hot,', `kind: hot, audience: members, members: club${more},`);
  await writeFile(file, closed(''));
  expect((await examine({ FEEDS_FILE: file })).wrong).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^page of hot: is given to everybody, though it is not for everyone/),
    ]),
  );
  await writeFile(file, closed(`, outsiders: ['${liked}']`));
  const { out } = await admin(['feed', 'doctor', 'hot'], { FEEDS_FILE: file });
  expect(out).toContainEqual(
    expect.stringMatching(/^ok\tpage of hot\tgives who is not signed in the posts for outsiders/),
  );
});

test('the doctor has no wish of a publisher where nobody else reaches the service', async () => {
  const here = { SERVICE_ENDPOINT: 'http://127.0.0.1:1', FEED_ACTOR_DID: '', PUBLISHER_PDS: 'http://127.0.0.1:1' };
  const { out } = await admin(['feed', 'doctor'], here);
  expect(out).toContainEqual(expect.stringMatching(/^skipped\trecord\tthe publisher is this machine/));
  expect(out.filter((line) => /\b\w*Error:/.test(line))).toEqual([]);
});

test('the doctor finds a record that is missing, and one that names another service', async () => {
  const place = { repo: publisher.assertDid, collection: COLLECTION, rkey: 'hot' };
  await publisher.com.atproto.repo.deleteRecord(place);
  expect(await examine()).toEqual({
    code: 1,
    wrong: [expect.stringMatching(/^record of hot: the repository of did:plc:\w+ has none/)],
  });
  const record = {
    $type: COLLECTION,
    did: 'did:web:old.example',
    displayName: 'Hot',
    createdAt: new Date().toISOString(),
  };
  await publisher.com.atproto.repo.putRecord({ ...place, record });
  expect(await examine()).toEqual({
    code: 1,
    wrong: [expect.stringMatching(/^record of hot: names the service did:web:old\.example, not /)],
  });
  await admin(['feed', 'publish']);
  expect(await examine()).toEqual({ code: 0, wrong: [] });
});

test('the doctor finds a build that is too old, an empty one, and that there is none', async () => {
  const redis = createRedis({ address: stage.databases.redis.address, password: '' });
  const builds = createBuildStore({ redis, prefix: 'still' });
  const wrongOf = async () =>
    (await examine({ REDIS_PREFIX: 'still' })).wrong.filter((line) => line.includes(' hot: '));
  expect(await wrongOf()).toEqual(['build of hot: there is none']);
  await builds.publish('hot', 1, { id: 'old', asOfMs: Date.now() - 3_600_000, uris: ['at://x'] }, []);
  expect(await wrongOf()).toEqual([
    expect.stringMatching(/^build of hot: the last build is 1:0\d:\d\d old, the feed is built every 0:01$/),
  ]);
  await builds.publish('hot', 2, { id: 'both', asOfMs: Date.now() - 3_600_000, uris: [] }, []);
  const { out } = await admin(['feed', 'doctor', 'hot'], { REDIS_PREFIX: 'still' });
  expect(out).toContainEqual(
    expect.stringMatching(/^wrong\tbuild of hot\t.* → the log of feedgen says why builds fail/),
  );
  await builds.publish('hot', 3, { id: 'empty', asOfMs: Date.now(), uris: [] }, []);
  expect(await wrongOf()).toEqual(['build of hot: the build is empty']);
  redis.disconnect();
});

test('the doctor looks at what lists of single readers are made of, and at the build that comes in their place', async () => {
  const { connection } = stage.databases.clickhouse;
  const bare = { ...connection, database: 'bare' };
  const { username, password } = connection;
  const login = { CLICKHOUSE_DATABASE: 'bare', CLICKHOUSE_USERNAME: username, CLICKHOUSE_PASSWORD: password };
  const linesOf = async () =>
    (await admin(['feed', 'doctor', 'likes', 'mine'], login)).out.filter((line) => / of (likes|mine|hot)\t/.test(line));
  await ensureDatabase(bare);
  const unread = (name: string) =>
    new RegExp(`^wrong\tlists of ${name}\tcan't be read: .*; readers get hot → bring the`);
  const withoutTables = await linesOf();
  for (const name of ['likes', 'mine']) expect(withoutTables).toContainEqual(expect.stringMatching(unread(name)));
  expect(withoutTables).toContainEqual(expect.stringMatching(/^ok\tbuild of hot\t/));
  await createMigratedDatabase(bare);
  const empty = await linesOf();
  expect(empty).toContainEqual(expect.stringMatching(/^ok\tlists of mine\t/));
  expect(empty).toContainEqual(
    expect.stringMatching(
      /^wrong\tlists of likes\tnobody liked anything in the last two hours: most readers get hot → /,
    ),
  );
});

test('the doctor finds a name that leads nowhere, and a certificate that has ended', async () => {
  const nowhere = await examine({ SERVICE_ENDPOINT: 'https://feeds.invalid' });
  expect(nowhere.wrong).toContainEqual(expect.stringMatching(/^DNS: feeds\.invalid can't be looked up: /));
  const server = createServer(certificateUntil(Date.now() - 86_400_000), (_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ended = await examine({ SERVICE_ENDPOINT: `https://localhost:${(server.address() as AddressInfo).port}` });
  expect(ended.wrong).toContainEqual(expect.stringMatching(/^TLS: the certificate ended on /));
  server.close();
  server.closeAllConnections();
});
