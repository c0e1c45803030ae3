import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { newsChannel, parseNews } from '@updraft/feeds';
import { type LabelDraft, type LabelerServer, startJetstream, startLabeler } from '@updraft/simulator';
import { createRedis, listErasedAccounts, type Redis } from '@updraft/store';
import { beforeAll, describe, expect, test } from 'vitest';
import { useIndexers, useStack } from './indexer/fixtures.ts';
import type { Program } from './indexer/program.ts';
import { type Store, until } from './indexer/stack.ts';
import { startDirectory } from './labelers/directory.ts';
import { type ForeignLabeler, startForeignLabeler } from './labelers/foreign-labeler.ts';
import { type Standing, standingLabels } from './labelers/standing.ts';
import { selectRows } from './select-rows.ts';

const stack = useStack();
/** Each test has a labeler of its own in it. */
let store: Store;
beforeAll(async () => {
  store = await stack.createStore('labelers');
});
const { cleanups, start } = useIndexers();

const POSTS = Array.from({ length: 40 }, (_, nth) => `at://did:plc:author${nth % 7}/app.bsky.feed.post/3k${nth}`);
const CID = 'bafyreib3jj3rjog4eqmaizeurak6hv62jr35rb4sxnom3ssfkczbcyrv7q';

/** A place for labelers, and what an indexer needs to follow them. */
async function setUp(into = store): Promise<{
  readonly directory: Awaited<ReturnType<typeof startDirectory>>;
  run(labelers: string): Program;
}> {
  const [directory, jetstream] = [await startDirectory(), await startJetstream()];
  cleanups.push(directory.close, jetstream.close);
  const env = { WS_URL: jetstream.url, PLC_HOST: directory.url, ALLOW_PRIVATE_ADDRESSES: 'true' };
  return { directory, run: (labelers) => start(into, { ...env, LABELERS: labelers }) };
}

const rejected = (of: Store) =>
  selectRows(of.clickhouse, "SELECT reason, did FROM rejected_events FINAL WHERE kind = 'label' ORDER BY reason, did");

async function listenIn({ env }: Store, heard: unknown[]): Promise<Redis> {
  const redis = createRedis({ address: env['REDIS_ADDRESS'] ?? '' });
  await redis.subscribe(newsChannel(env['REDIS_PREFIX'] ?? ''));
  redis.on('message', (_channel, text) => heard.push(parseNews(text)));
  return redis;
}

/** Waits until the table has what the labeler holds. It asks seldom: the indexer needs the processor more. */
async function settled(
  of: Store,
  labeler: string,
  expected: () => readonly Standing[] | Promise<readonly Standing[]>,
): Promise<void> {
  await until(async () => {
    await delay(150);
    return isDeepStrictEqual(await standingLabels(of.clickhouse, labeler), await expected());
  });
}

describe('a labeler that nobody here wrote', () => {
  /** Labels, negations, ends, labels with a cid, of records and of accounts. */
  async function speak(labeler: ForeignLabeler, from: number, to: number): Promise<void> {
    for (let nth = from; nth < to; nth++) {
      const uri = nth % 5 === 0 ? `did:plc:author${nth % 7}` : (POSTS[(nth * 13) % 21] ?? '');
      const val = ['porn', 'spam', '!hide'][nth % 3] ?? '';
      const exp = new Date(Date.now() + (nth - from) * 60_000).toISOString();
      await labeler.say({
        uri,
        val,
        neg: nth % 4 === 3,
        ...(nth % 6 === 1 && { exp }),
        ...(nth % 7 === 2 && { cid: CID }),
      });
    }
  }

  test('is mirrored through its restart, a kill of the indexer, and the loss of all that it held', async () => {
    const { directory, run } = await setUp();
    const labeler = await startForeignLabeler(join(stack.directory, 'foreign.db'));
    cleanups.push(labeler.close);
    directory.add(labeler.did, labeler.document);
    await speak(labeler, 0, 30);

    const first = run(labeler.did);
    await settled(store, labeler.did, labeler.standing);
    await speak(labeler, 30, 35);
    await settled(store, labeler.did, labeler.standing);
    await Promise.all([speak(labeler, 35, 55), first.kill()]);
    await labeler.restart();
    await speak(labeler, 55, 60);

    const second = run(labeler.did);
    await settled(store, labeler.did, labeler.standing);
    await labeler.restart();
    await second.says('a labeler is not connected');
    await until(async () => (await second.metric('updraft_indexer_labeler_connected')) === 1);
    await delay(300); // what it is told between reading its labels and taking a reader in, it tells nobody
    await speak(labeler, 60, 65);
    await settled(store, labeler.did, labeler.standing);
    expect((await standingLabels(store.clickhouse, labeler.did)).length).toBeGreaterThan(20);

    await labeler.restart({ withoutLabels: true });
    await speak(labeler, 1, 8);
    await settled(store, labeler.did, labeler.standing);
    expect(await rejected(store)).toEqual([]);
    await second.stop();
  });
});

describe('a labeler', () => {
  const draft = (nth: number, change: Partial<LabelDraft> = {}): LabelDraft => ({
    uri: POSTS[nth] ?? '',
    val: 'porn',
    cts: new Date().toISOString(),
    ...change,
  });
  const standingOf = (labeler: LabelerServer) => (): Standing[] =>
    labeler
      .standing()
      .filter(({ neg }) => neg !== true)
      .map(({ uri, val, exp }) => ({ uri, val, exp: exp === undefined ? 0 : Date.parse(exp) }))
      .toSorted((a, b) => (a.uri + a.val < b.uri + b.val ? -1 : 1));

  test('is believed where its key signed, with the key that it has now; the rest stands in rejected_events', async () => {
    const { directory, run } = await setUp();
    const labeler = await startLabeler({ seed: 1 });
    cleanups.push(labeler.close);
    directory.add(labeler.did, labeler.document);
    const indexer = run(labeler.did);
    await indexer.says('connected to a labeler');
    await labeler.say(draft(1));
    await labeler.say(draft(2), true);
    await labeler.say(draft(3, { val: '' }));
    await labeler.say(draft(4, { uri: 'https://web.example/page' }));
    labeler.babble(Buffer.from('not a frame'));
    await labeler.say(draft(5));
    await settled(store, labeler.did, standingOf({ ...labeler, standing: () => [draft(1), draft(5)] }));
    labeler.rotate();
    await labeler.say(draft(6));
    await settled(store, labeler.did, standingOf({ ...labeler, standing: () => [draft(1), draft(5), draft(6)] }));
    expect(await rejected(store)).toEqual([
      { reason: 'bad_label', did: '' },
      { reason: 'bad_label', did: 'did:plc:author3' },
      { reason: 'bad_label_frame', did: '' },
      { reason: 'bad_label_signature', did: 'did:plc:author2' },
    ]);
    expect(await indexer.metric('updraft_indexer_labels_rejected_total')).toBe(4);
    expect(await indexer.metric('updraft_indexer_labels_total')).toBe(3);
    await indexer.stop();
  });

  test('that breaks off and counts anew, while ClickHouse goes away, is what the table says in the end', async () => {
    const { directory, run } = await setUp();
    const labeler = await startLabeler({ seed: 2 });
    cleanups.push(labeler.close);
    directory.add(labeler.did, labeler.document);
    for (let nth = 0; nth < 20; nth++) await labeler.say(draft(nth));
    const indexer = run(labeler.did);
    await settled(store, labeler.did, standingOf(labeler));
    await stack.restartEngine('SIGKILL', async () => {
      for (let nth = 0; nth < 10; nth++) await labeler.say(draft(nth, { neg: true }));
      labeler.drop();
    });
    await settled(store, labeler.did, standingOf(labeler));
    labeler.startAnew();
    // More than before: the place is not in the future, but has another label.
    for (let nth = 5; nth < 35; nth++) await labeler.say(draft(nth % 27, { neg: nth === 12, val: 'sexual' }));
    await settled(store, labeler.did, standingOf(labeler));
    await indexer.stop();
  });

  test('is told of in Redis, says nothing of erased accounts, and is forgotten when LABELERS no longer names it', async () => {
    const named = await stack.createStore('named'); // where no labels of others are forgotten meanwhile
    const { directory, run } = await setUp(named);
    const labeler = await startLabeler({ seed: 3 });
    cleanups.push(labeler.close);
    directory.add(labeler.did, labeler.document);
    await listErasedAccounts(named.clickhouse, ['did:plc:author1']);
    const heard: unknown[] = [];
    const redis = await listenIn(named, heard);
    cleanups.push(() => redis.disconnect());
    const first = run(labeler.did);
    await first.says('connected to a labeler');
    await labeler.say(draft(0));
    await labeler.say(draft(1));
    const whatHolds: Standing[] = [{ uri: draft(0).uri, val: 'porn', exp: 0 }];
    await settled(named, labeler.did, () => whatHolds);
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ kind: 'labels', subjects: [draft(0).uri] }]);
    await until(async () => (await named.count('job_progress', "startsWith(name, 'labels:')")) === 1);
    await first.stop();
    const second = run('none');
    await settled(named, labeler.did, () => []);
    await second.stop();
    const third = run(labeler.did);
    await settled(named, labeler.did, () => whatHolds);
    await third.stop();
  });
});
