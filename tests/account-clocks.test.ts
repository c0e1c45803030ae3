import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AtpAgent } from '@atproto/api';
import type { TestNetworkNoAppView } from '@atproto/dev-env';
import { type JetstreamServer, startJetstream } from '@updraft/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account } from './indexer/events.ts';
import { useStack } from './indexer/fixtures.ts';
import { type Program, type Store, until } from './indexer/stack.ts';
import { replayAll, startIndexer } from './indexer/start.ts';
import { startTestNetwork } from './pds/test-network.ts';
import { selectRows } from './select-rows.ts';

const stack = useStack();

const MINUTE = 60_000_000;
const NOW = Date.now() * 1_000;

/** An account event: what its server's clock says, and when the host shows it, in µs. */
function status(did: string, active: boolean, micros: number, timeUs: number, more: object = {}): string {
  const time = new Date(micros / 1_000).toISOString();
  const inner = { active, did, seq: 1, time, ...(!active && { status: 'deactivated' }), ...more };
  return JSON.stringify({ did, time_us: timeUs, kind: 'account', account: inner });
}

function identity(did: string, handle: string, micros: number, timeUs: number): string {
  const time = new Date(micros / 1_000).toISOString();
  return JSON.stringify({ did, time_us: timeUs, kind: 'identity', identity: { did, handle, seq: 1, time } });
}

async function replay(store: Store, lines: readonly string[]): Promise<void> {
  const file = join(stack.directory, 'lines.jsonl');
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  await replayAll(store, file);
}

async function actorOf({ clickhouse }: Store, did: string) {
  const [actor] = await selectRows<{ active: number; handle: string; status: string }>(
    clickhouse,
    'SELECT toUInt8(active) AS active, handle, status FROM actors WHERE did = {did:String}',
    { did },
  );
  return actor;
}

describe('invariants 3 and 4: a server whose clock is fast', () => {
  const host = NOW - 60 * MINUTE;
  /** Deactivated by a clock that is nine minutes fast, active again on another server ten seconds later; as a host shows it that is `late` µs behind. */
  const move = (did: string, late: number) => [
    status(did, false, host + 9 * MINUTE, host + late),
    identity(did, 'before.example', host + 9 * MINUTE, host + late),
    status(did, true, host + 10_000_000, host + 10_100_000 + late),
    identity(did, 'after.example', host + 10_000_000, host + 10_100_000 + late),
  ];
  /** By account: how late each host is that shows its events. */
  const readings = [
    { how: 'once', did: account(2), hosts: [0] },
    { how: 'three times', did: account(3), hosts: [0, 0, 0] },
    { how: 'from hosts that differ by seconds', did: account(4), hosts: [0, 4_000_000, -3_000_000] },
  ];
  const deleted = account(5);
  const eventsOf = readings.map(({ did, hosts }) => hosts.flatMap((late) => move(did, late)));
  /** After the events as they came, and after they came again, the last one first. */
  const found: Awaited<ReturnType<typeof actorOf>>[][] = [];
  let store: Store;
  beforeAll(async () => {
    store = await stack.createStore('fast');
    const deletion = status(deleted, false, host + 9 * MINUTE, host, { status: 'deleted' });
    for (const lines of [[...eventsOf.flat(), deletion], eventsOf.flatMap((events) => events.toReversed())]) {
      await replay(store, lines);
      found.push(await Promise.all(readings.map(({ did }) => actorOf(store, did))));
    }
  });

  test.each(readings.map(({ how }, nth) => [how, nth] as const))(
    'does not hide an account for ever, nor keep its old handle, when its events come %s',
    (_how, nth) => {
      for (const actors of found) expect(actors[nth]).toMatchObject({ active: 1, handle: 'after.example' });
      expect(found).toHaveLength(2);
    },
  );

  test('does not make a deletion hide what the account wrote after it', async () => {
    const [row] = await selectRows<{ micros: string }>(
      store.clickhouse,
      'SELECT toString(bitShiftRight(version, 11)) AS micros FROM actor_status FINAL WHERE did = {deleted:String}',
      { deleted },
    );
    expect(Number(row?.micros)).toBe(host);
  });
});

describe('an account whose order is in doubt', () => {
  let network: TestNetworkNoAppView;
  let host: JetstreamServer;
  let store: Store;
  let indexer: Program;
  let [anna, bert, cleo, dora] = ['', '', '', ''];
  beforeAll(async () => {
    network = await startTestNetwork();
    host = await startJetstream({});
    store = await stack.createStore('asked');
    indexer = startIndexer(store, {
      WS_URL: host.url,
      FLUSH_INTERVAL: '100ms',
      SINCE: '1h',
      ASK_ACCOUNT_SERVERS: 'true',
      PLC_HOST: network.plc.url,
      ALLOW_PRIVATE_ADDRESSES: 'true',
    });
    [anna, bert, cleo, dora] = [
      await createAccount('anna'),
      await createAccount('bert', { isDeactivated: true }),
      await createAccount('cleo'),
      await createAccount('dora'),
    ];
    // All at once, for the indexer lets a doubt rest before it asks.
    show(anna, status(anna, true, NOW - MINUTE, NOW - MINUTE), status(anna, false, NOW + 9 * MINUTE, NOW));
    show(bert, status(bert, true, NOW + 30_000_000, NOW), status(bert, false, NOW, NOW + 1));
    show(cleo, identity(cleo, 'old.example', NOW + 20_000_000, NOW), identity(cleo, 'older.example', NOW, NOW + 1));
    show(dora, status(dora, false, NOW + 9 * MINUTE, NOW, { status: 'takendown' }));
  });
  afterAll(async () => {
    await indexer.stop();
    await host.close();
    await network.close();
  });

  async function createAccount(name: string, { isDeactivated = false } = {}): Promise<string> {
    const agent = new AtpAgent({ service: network.pds.url });
    const { data } = await agent.createAccount({
      handle: `${name}.test`,
      email: `${name}@example.com`,
      password: 'a long main password',
    });
    if (isDeactivated) await agent.com.atproto.server.deactivateAccount({});
    return data.did;
  }

  function show(did: string, ...lines: string[]): void {
    for (const line of lines) host.append({ did, timeUs: NOW, tail: '', raw: line, nth: 0 });
  }

  test('is as its own server says: active, though the last event, by a fast clock, says otherwise', async () => {
    await until(async () => (await actorOf(store, anna))?.active === 0);
    await until(async () => (await actorOf(store, anna))?.active === 1);
    // What comes again from a host that is a little late changes nothing.
    await replay(store, [status(anna, false, NOW + 9 * MINUTE, NOW + 3_000_000)]);
    expect(await actorOf(store, anna)).toMatchObject({ active: 1, status: '' });
  });

  test('is as its own server says: inactive, though the event that came last counts as an older one', async () => {
    await until(async () => (await actorOf(store, bert))?.status === 'deactivated');
    expect(await actorOf(store, bert)).toMatchObject({ active: 0 });
  });

  test('has the handle that its DID document names', async () => {
    await until(async () => (await actorOf(store, cleo))?.handle === 'cleo.test');
  });

  test('stays taken down by an upstream host, whatever its own server says', async () => {
    await until(async () => (await indexer.metric('updraft_indexer_account_answers_total{outcome="upheld"}')) > 0);
    expect(await actorOf(store, dora)).toMatchObject({ active: 0, status: 'takendown' });
  });
});
