import { commitVersion } from '@updraft/atproto';
import { createFeedgenMetrics, createWishes } from '@updraft/feedgen';
import { parseFeedsFile } from '@updraft/feeds';
import { createLogger } from '@updraft/service';
import { codecs, createClickHouse, insertRows, recordRows, shape } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createForYou, type ForYou, type ForYouFeed } from '../apps/feedgen/src/for-you/for-you.ts';
import { createGraphThread, GraphNotReadyError } from '../apps/feedgen/src/for-you/graph/graph-thread.ts';
import { keyOf } from '../apps/feedgen/src/for-you/sip-hash.ts';
import { createKeeping } from '../apps/feedgen/src/moderation/keeping.ts';
import { createStandings } from '../apps/feedgen/src/moderation/standings.ts';
import { createNetwork, didOf, type Network } from './feedgen/network.ts';
import { recordRow, rkeyAt } from './record-row.ts';
import { useStore } from './use-store.ts';

const store = useStore();
const HOUR_MS = 3_600_000;
const NOW = Date.now();
const GOOD = { $type: 'app.bsky.feed.post', text: 'good', createdAt: new Date(NOW - 2 * HOUR_MS).toISOString() };
const BAD = { ...GOOD, text: 'x'.repeat(3_001) };
const log = createLogger({ service: 'test', level: 'silent' });

let clock = 0;
/** Records of accounts, as the indexer writes them. */
async function write(
  collection: string,
  deeds: readonly { readonly did: string; readonly subject: string; readonly atMs?: number }[],
) {
  const rows = deeds.map(({ did, subject, atMs = NOW - 60_000 }) => {
    const tid = { micros: atMs * 1_000 + (clock++ % 1_000), clockId: clock % 1_024 };
    return { rkey: rkeyAt(atMs, clock % 1_024), tid, row: { collection, repo: did, subject, createdMs: atMs } };
  });
  await insertRows(
    store.clickhouse,
    recordRows,
    rows.map(({ rkey, tid, row }) => recordRow({ ...row, rkey, version: commitVersion(tid, false) })),
  );
  return rows.map(({ rkey }) => rkey);
}
const like = (did: string, ...subjects: string[]) =>
  write(
    'app.bsky.feed.like',
    subjects.map((subject) => ({ did, subject })),
  );

const FEEDS = `
feeds:
  top: { kind: top, window: 24h, minimumLikes: 1 }
  mine: { kind: for-you, fallback: top, size: 20, window: 24h, refresh: 10s }
`;

function start(connection = store.connection) {
  const file = parseFeedsFile(FEEDS, 'feeds.yaml');
  const feed = file.feeds.get('mine') as ForYouFeed;
  const metrics = createFeedgenMetrics();
  const clickhouse = createClickHouse(connection);
  const standings = createStandings(clickhouse, [feed]);
  const areValid = async (records: readonly string[]) => records.map((record) => !record.includes('xxx'));
  const keeping = createKeeping({ clickhouse, standings, areValid, metrics, log });
  const wishes = createWishes(clickhouse);
  const refreshMs = { newest: 100, others: 600_000 };
  const deps = { file, clickhouse, connection, keeping, wishes, maxLikes: 2_000_000, refreshMs, metrics, log };
  const forYou = createForYou(deps);
  const stopping = new AbortController();
  const ended = forYou.run(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await ended;
    await clickhouse.close();
  };
  return { forYou, feed, metrics, stop };
}

const VIEWER = didOf('viewer');
const FRIENDS = Array.from({ length: 5 }, (_, n) => didOf(`friend${'abcde'[n]}`));
const never = new AbortController().signal;

describe('a feed of kind for-you', () => {
  let network: Network;
  let running: ReturnType<typeof start>;
  let forYou: ForYou;
  const posts = new Map<string, string>();
  const uriOf = (name: string) => posts.get(name) ?? '';
  const nameOf = (uri: string) => [...posts].find(([, known]) => known === uri)?.[0] ?? uri;
  const post = async (name: string, did: string, more: object = {}) => {
    const [uri = ''] = await network.post({ did, atMs: NOW - 2 * HOUR_MS, record: GOOD, ...more });
    posts.set(name, uri);
    return uri;
  };
  const ask = async (did: string, hasSeen: (uri: string) => boolean = () => false) => {
    const answer = await forYou.query(
      running.feed,
      { did, languages: [], hasSeen },
      { asOfMs: Date.now(), signal: never },
    );
    return {
      names: answer.posts.map(({ uri }) => nameOf(uri)),
      reasons: answer.posts.map(({ reason }) => reason),
      leftOut: answer.leftOut.map(nameOf),
    };
  };

  beforeAll(async () => {
    network = createNetwork(store.clickhouse);
    for (const seed of ['seed1', 'seed2']) await post(seed, didOf(seed.replace('1', 'a').replace('2', 'b')));
    await post('target', didOf('painter'));
    await post('own', VIEWER);
    await post('reply', didOf('replier'), { parentUri: uriOf('seed1') });
    await post('invalid', didOf('breaker'), { record: BAD });
    await post('porn', didOf('pornographer'), {
      record: { ...GOOD, labels: { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: 'porn' }] } },
    });
    await post('blocked', didOf('blocked'));
    await post('blocker', didOf('blocker'));
    await post('gone', didOf('gone'));
    await post('deleted', didOf('deleter'));
    await post('old', didOf('oldster'), { atMs: NOW - 30 * HOUR_MS });
    for (const n of ['x', 'y', 'z']) await post(`many ${n}`, didOf('busy'));
    await post('seen', didOf('seen'));
    await network.setStatus(didOf('gone'), false, 'deactivated');
    await network.deletePost(uriOf('deleted'));
    await like(VIEWER, uriOf('seed1'), uriOf('seed2'));
    await Promise.all(FRIENDS.map((friend) => like(friend, ...posts.values())));
    await write('app.bsky.graph.block', [
      { did: VIEWER, subject: didOf('blocked') },
      { did: didOf('blocker'), subject: VIEWER },
    ]);
    running = start();
    forYou = running.forYou;
  }, 120_000);
  afterAll(() => running.stop());

  test('has what those like who like what the viewer likes, and says by how many', async () => {
    const kinds = async () =>
      (await ask(VIEWER)).names.map((name) => name.split(' ')[0] ?? '').toSorted((a, b) => a.localeCompare(b));
    await expect.poll(() => kinds().catch(String), { timeout: 60_000 }).toEqual(['many', 'many', 'seen', 'target']);
    const { names, reasons, leftOut } = await ask(VIEWER, (uri) => uri === uriOf('seen'));
    expect(names).not.toContain('seen');
    expect(reasons[names.indexOf('target')]).toBe('liked by 5 who like what you like');
    expect(leftOut).toEqual(['porn']);
  });

  test('tells a viewer why a post is there, or not', async () => {
    const why = (name: string, did = VIEWER) => forYou.explain(running.feed, did, uriOf(name), Date.now());
    const { parts, ...target } = await why('target');
    expect(target).toEqual({
      isCandidate: true,
      because: '5 of the accounts that like what the viewer likes like it',
      seeds: 2,
      accounts: 5,
      coLikers: 5,
      ledBy: expect.arrayContaining(['seed1', 'seed2'].map((seed) => ({ uri: uriOf(seed), coLikers: 5 }))),
    });
    expect(parts?.score).toBeCloseTo(((parts?.sum ?? 0) / (parts?.popularity ?? 0)) * (parts?.recency ?? 0));
    const [rule] = await forYou.coLikers(running.feed, VIEWER, uriOf('target'), Date.now());
    expect(rule).toMatchObject({ rule: 'co-likers', isPassed: true });
    expect(rule?.detail).toMatch(
      /like it; 5 accounts found by 2 .*; by at:.* \(5\), at:.* \(5\); score .* = .* \/ .* for its 5 likes × .*/,
    );
    const because = async (name: string, did?: string) => (await why(name, did)).because;
    expect(await because('seed1')).toBe('the viewer likes it already');
    expect(await because('own')).toBe('the viewer wrote it');
    expect(await because('reply')).toBe('it is a reply, and the feed has none');
    expect(await because('blocker')).toContain('block each other');
    expect(await because('porn')).toContain('moderation leaves it out');
    expect(await because('gone')).toContain('not in the index');
    expect(await because('target', didOf('newcomer'))).toContain('none of the accounts');
  });

  test('gives a viewer who likes nothing, and one whose likes nobody shares, no posts', async () => {
    expect((await ask(didOf('newcomer'))).names).toEqual([]);
    await like(didOf('lonely'), await post('lonely', didOf('nobody')));
    expect((await ask(didOf('lonely'))).names).toEqual([]);
  });

  test('knows the likes of a moment ago, takes back what is unliked, and forgets who goes', async () => {
    const late = didOf('late');
    await like(late, uriOf('seed1'));
    expect((await ask(late)).names).toContain('target');
    await network.setStatus(late, false, 'deactivated');
    expect((await ask(late)).names).toEqual([]);
    await network.setStatus(FRIENDS[0] ?? '', false, 'deactivated');
    const reasonOfTarget = async () => {
      const { names, reasons } = await ask(VIEWER);
      return reasons[names.indexOf('target')];
    };
    await expect.poll(reasonOfTarget, { timeout: 30_000 }).toBe('liked by 4 who like what you like');
  });

  test('gives a viewer who blocks everybody, or whose posts are all deleted, nothing that is held against them', async () => {
    const hermit = didOf('hermit');
    await like(hermit, uriOf('seed1'), uriOf('deleted'));
    await write(
      'app.bsky.graph.block',
      [...posts.values()].map((uri) => ({ did: hermit, subject: uri.split('/')[2] ?? '' })),
    );
    expect((await ask(hermit)).names).toEqual([]);
    const mourner = didOf('mourner');
    await like(mourner, uriOf('deleted'));
    expect((await ask(mourner)).names).toContain('target');
  });

  test('answers a viewer with 100,000 likes from the newest of them', async () => {
    const glutton = didOf('glutton');
    const tid = (ms: string) => `bitShiftLeft(toUInt64(${ms}) * 1000, 10)`;
    const ms = `(${NOW - 60_000} - number)`;
    await store.clickhouse.command(`INSERT INTO record_rows (record_hour, collection, repo, rkey_tid, operation, subject, relative_version, deleted)
      SELECT toUInt32(intDiv(${ms}, 3600000)), 'app.bsky.feed.like', '${glutton}', ${tid(ms)}, 'create',
        concat('at://did:plc:any/app.bsky.feed.post/', toString(number)), bitShiftLeft(toUInt64(${ms}) * 1000, 11) - 2 * ${tid(ms)} + 9223372036854775808, 0
      FROM numbers(100000)`);
    await like(glutton, uriOf('seed2'));
    await expect
      .poll(async () => (await running.metrics.graphLikes.get()).values[0]?.value, { timeout: 60_000 })
      .toBeGreaterThan(100_000);
    expect((await ask(glutton)).names).toContain('target');
  }, 90_000);
});

test('the key of an account is what the engine makes it', async () => {
  const dids = ['', 'a', 'did:plc:', VIEWER, 'did:web:ä.example', 'x'.repeat(64)];
  const rows = await store.clickhouse.query(
    `SELECT toString(sipHash64(arrayJoin({dids:Array(String)}))) AS key`,
    shape({ key: codecs.string }),
    { dids },
  );
  const keys = dids.map((did) => String((BigInt(keyOf(did).hi) << 32n) | BigInt(keyOf(did).lo)));
  expect(rows.map(({ key }) => key)).toEqual(keys);
});

test('a thread that is lost is started again and counted, and meanwhile a viewer is told that there is no graph', async () => {
  let losses = 0;
  const data = { clickhouse: { ...store.connection, address: 'no address' }, hours: 2, maxLikes: 100 };
  const thread = createGraphThread({ data, onState: () => {}, onLost: () => (losses += 1), log });
  const stopping = new AbortController();
  const ended = thread.run(stopping.signal);
  await expect.poll(() => losses, { timeout: 30_000 }).toBeGreaterThan(1);
  const request = {
    viewer: keyOf(VIEWER),
    asOfMs: NOW,
    windowMs: HOUR_MS,
    replies: false,
    mediaOnly: false,
    languages: [],
    limit: 1,
  };
  await expect(thread.recommend(request, never)).rejects.toBeInstanceOf(GraphNotReadyError);
  stopping.abort();
  await ended;
});
