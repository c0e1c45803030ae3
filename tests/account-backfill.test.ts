import { join } from 'node:path';
import { runCommand } from '@updraft/command';
import { startJetstream } from '@updraft/simulator';
import { createHiddenActors, listErasedAccounts, visiblePosts } from '@updraft/store';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addFeedsCommands } from '../apps/admin/src/feeds/feeds-commands.ts';
import { addBackfillCommand } from '../apps/admin/src/refill/backfill-command.ts';
import { type Stage, startStage, until, uris } from './feedgen/stage.ts';
import { startProgram } from './indexer/program.ts';
import { quietLog } from './migrated-database.ts';
import { createAccount, makeRecord, makeRecords, NEW_MS, type TestAccount } from './search/account.ts';
import { asCar, changed, withoutLastBlock } from './search/broken-cars.ts';
import { type DevNetwork, handOn, startDevNetwork } from './search/dev-network.ts';
import { selectRows } from './select-rows.ts';

const POST = 'app.bsky.feed.post';
const LIKE = 'app.bsky.feed.like';
const LIST_KEY = '3l3frqadlo32h';
const YESTERDAY = Date.now() - 86_400_000;

let network: DevNetwork;
let stage: Stage;

beforeAll(async () => {
  [network, stage] = await Promise.all([startDevNetwork(), startStage()]);
});
afterEach(() => {
  network.intercept = handOn;
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await network[Symbol.asyncDispose]();
});

const environment = () => ({
  ...stage.databases.clickhouse.env,
  REDIS_ADDRESS: stage.databases.redis.address,
  PLC_HOST: network.plcUrl,
  ALLOW_PRIVATE_ADDRESSES: 'true',
  FEEDS_FILE: join(import.meta.dirname, '../config/feeds.yaml'),
});

async function admin(...argv: string[]) {
  const [out, notes] = [new Array<string>(), new Array<string>()];
  const io = { env: environment(), out: (line: string) => out.push(line), note: (line: string) => notes.push(line) };
  const build: typeof addBackfillCommand = (program, commandIo) => {
    addFeedsCommands(program, commandIo);
    addBackfillCommand(program, commandIo);
  };
  return { code: await runCommand('pnpm admin', build, argv, io), out, notes };
}

let names = 0;

/** An account with posts of yesterday and likes. */
async function someone(posts = 5): Promise<TestAccount & { readonly posts: string[] }> {
  const account = await createAccount(network.pdsUrl, `person${++names}`);
  const records = makeRecords(posts, (index) => makeRecord(POST, YESTERDAY, { text: `older post ${index}` }));
  const subject = { uri: `at://${account.did}/${POST}/${records[0]?.rkey}`, cid: 'bafyreib' };
  await account.write([...records, ...makeRecords(3, () => makeRecord(LIKE, NEW_MS, { subject }))]);
  return { ...account, posts: records.map(({ rkey }) => `at://${account.did}/${POST}/${rkey}`) };
}

const shown = async (posts: readonly string[]) => [...(await visiblePosts(stage.clickhouse, posts)).keys()].toSorted();
const rowsOf = async (did: string) => ({
  records: await selectRows(stage.clickhouse, `SELECT * FROM repo_records FINAL WHERE repo = '${did}' ORDER BY ALL`),
  posts: await selectRows(stage.clickhouse, `SELECT * FROM posts FINAL WHERE did = '${did}' ORDER BY ALL`),
  syncs: await selectRows(stage.clickhouse, `SELECT did, version FROM repo_syncs FINAL WHERE did = '${did}'`),
});

describe('pnpm admin backfill', () => {
  /** Accounts of which nothing is written but of the first one. */
  let sound: TestAccount;
  let bent: TestAccount;
  let cut: TestAccount;
  let gone: TestAccount;
  beforeAll(async () => {
    [sound, bent, cut, gone] = await Promise.all([someone(), someone(), someone(), someone()]);
  });

  test('brings every record that the PDS has; again, it changes nothing', async () => {
    const account = await someone(12);
    const { code, out } = await admin('backfill', account.did);
    expect([code, out]).toEqual([0, [`${account.did}\t15 records`]]);
    expect(await shown(account.posts)).toEqual(account.posts.toSorted());
    const rows = await rowsOf(account.did);
    const kept = (rows.records as { repo: string; collection: string; rkey: string }[]).map(
      ({ repo, collection, rkey }) => `at://${repo}/${collection}/${rkey}`,
    );
    expect(kept.toSorted()).toEqual([...(await account.listAll()).keys()].toSorted());
    expect((await admin('backfill', account.did, '--json')).out).toEqual([expect.stringContaining('"records":15')]);
    expect(await rowsOf(account.did)).toEqual(rows);
  });

  test('takes out of sight what the repository no longer has, and keeps what was changed', async () => {
    const account = await someone();
    await admin('backfill', account.did);
    const [gone = '', ...left] = account.posts;
    const rkey = gone.split('/').at(-1) ?? '';
    await account.agent.com.atproto.repo.deleteRecord({ repo: account.did, collection: POST, rkey });
    expect(await shown(account.posts)).toEqual(account.posts.toSorted());
    expect((await admin('backfill', account.did)).code).toBe(0);
    expect(await shown(account.posts)).toEqual(left.toSorted());
    await createHiddenActors({ clickhouse: stage.clickhouse, log: quietLog }).fold();
    expect(await shown(account.posts)).toEqual(left.toSorted());
  });

  test('leaves out an account whose repository is forged, cut or gone, says why, and goes on with the others', async () => {
    await gone.agent.com.atproto.server.deactivateAccount({});
    network.intercept = async (call) => {
      const answer = await call.forward();
      const url = call.raw.req.url ?? '';
      if (url.includes(encodeURIComponent(bent.did))) return call.answer(asCar(changed(answer.body)));
      if (url.includes(encodeURIComponent(cut.did))) return call.answer(asCar(withoutLastBlock(answer.body)));
      call.answer(answer);
    };
    const { code, out, notes } = await admin('backfill', bent.did, cut.did, gone.did, sound.did);
    expect([code, out]).toEqual([1, [`${sound.did}\t8 records`]]);
    expect(notes).toEqual([
      expect.stringContaining(`${bent.did}: `),
      expect.stringContaining(`${cut.did}: `),
      `${gone.did}: the account is deactivated`,
      '3 of 4 accounts were left out',
    ]);
    for (const { did } of [bent, cut, gone]) expect(await rowsOf(did)).toEqual({ records: [], posts: [], syncs: [] });
  });

  test('refuses a repository that another account signed', async () => {
    network.intercept = async (call) => {
      if (call.method !== 'com.atproto.sync.getRepo') return handOn(call);
      const url = `${network.pdsUrl}/xrpc/com.atproto.sync.getRepo?did=${cut.did}`;
      call.answer(asCar(new Uint8Array(await (await fetch(url)).arrayBuffer())));
    };
    const { code, notes } = await admin('backfill', bent.did);
    expect([code, notes[0]]).toEqual([1, `${bent.did}: the repository is of another account`]);
    expect(await rowsOf(bent.did)).toEqual({ records: [], posts: [], syncs: [] });
  });

  test('refuses an account that was erased', async () => {
    await listErasedAccounts(stage.clickhouse, [cut.did]);
    const { code, notes } = await admin('backfill', cut.did);
    expect([code, notes[0]]).toEqual([1, `${cut.did}: the account was erased: nothing of it is written again`]);
    expect(await rowsOf(cut.did)).toEqual({ records: [], posts: [], syncs: [] });
  });

  test('does not understand what is no name of an account', async () => {
    expect((await admin('backfill', 'nobody at all')).code).toBe(2);
  });
});

/** Of an account: a starter pack with its list, on which it stands itself. */
async function writeStarterPack(owner: TestAccount): Promise<string> {
  const [list, pack, item] = ['list', 'starterpack', 'listitem'].map((kind) => `app.bsky.graph.${kind}`) as [
    string,
    string,
    string,
  ];
  const listUri = `at://${owner.did}/${list}/${LIST_KEY}`;
  await owner.write([
    { ...makeRecord(list, YESTERDAY, { name: 'crew', purpose: 'app.bsky.graph.defs#curatelist' }), rkey: LIST_KEY },
    { ...makeRecord(pack, YESTERDAY, { name: 'crew', list: listUri }), rkey: LIST_KEY },
    ...makeRecords(1, () => makeRecord(item, YESTERDAY, { list: listUri, subject: owner.did })),
  ]);
  return `at://${owner.did}/${pack}/${LIST_KEY}`;
}

test('older posts that the stream never brought are in the feed long before its next build is due: of a new member, and of a starter pack whose list comes from its owner’s server', async () => {
  const [member, late, owner] = await Promise.all([someone(), someone(), someone(3)]);
  const host = await startJetstream();
  const env = { ...environment(), WS_URL: host.url, METRICS_LISTEN_ADDRESS: '127.0.0.1:0', LABELERS: 'none' };
  const start = () => startProgram('apps/indexer/src/main.ts', [], env);
  const first = start();
  const programs = [first];
  const feeds = `feeds:
  a-mpls: { kind: author-label, label: mpls, window: 72h, refresh: 1h }
  crew: { kind: list, list: '${await writeStarterPack(owner)}', window: 72h, refresh: 1h }`;
  await using feedgen = await stage.startFeedgen({ feeds, env: { PLC_HOST: network.plcUrl } });
  const shows = async (alias: string, posts: readonly string[]) => {
    await until(async () => uris(await feedgen.page(alias)).length === posts.length);
    expect(uris(await feedgen.page(alias)).toSorted()).toEqual(posts.toSorted());
  };
  try {
    expect(uris(await feedgen.page('crew'))).toEqual([]);
    await first.says('connected to Jetstream');
    expect((await admin('member', 'add', 'mpls', member.did)).code).toBe(0);
    await shows('a-mpls', member.posts);
    await shows('crew', owner.posts);
    const filled = 'updraft_indexer_filled_accounts_total';
    const filledBefore = await first.metric(filled);
    await first.stop();

    // After a restart nobody is asked again; who was approved in between is filled.
    expect((await admin('member', 'add', 'mpls', late.did)).code).toBe(0);
    let asked = 0;
    network.intercept = (call) => {
      if (call.method === 'com.atproto.sync.getRepo') asked += 1;
      return handOn(call);
    };
    const second = start();
    programs.push(second);
    await shows('a-mpls', [...member.posts, ...late.posts]);
    await second.stop();
    expect([filledBefore, asked]).toEqual([2, 1]);
  } finally {
    for (const program of programs) await program.kill();
    await host.close();
  }
});
