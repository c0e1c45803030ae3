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
  const [did, host] = [account(8), NOW - 60 * MINUTE];
  /** Deactivated by a clock that is nine minutes fast, active again on another server ten seconds later; as a host shows it that is `late` µs behind. */
  const move = (late: number) => [
    status(did, false, host + 9 * MINUTE, host + late),
    identity(did, 'before.example', host + 9 * MINUTE, host + late),
    status(did, true, host + 10_000_000, host + 10_100_000 + late),
    identity(did, 'after.example', host + 10_000_000, host + 10_100_000 + late),
  ];

  test.each([
    ['once', [0]],
    ['three times', [0, 0, 0]],
    ['from hosts that differ by seconds', [0, 4_000_000, -3_000_000]],
  ])('does not hide an account for ever, nor keep its old handle, when its events come %s', async (name, hosts) => {
    const store = await stack.createStore(`fast_${name.replaceAll(' ', '_')}`);
    await replay(store, hosts.flatMap(move));
    expect(await actorOf(store, did)).toMatchObject({ active: 1, handle: 'after.example' });
    await replay(store, hosts.flatMap(move).toReversed());
    expect(await actorOf(store, did)).toMatchObject({ active: 1, handle: 'after.example' });
  });

  test('does not make a deletion hide what the account wrote after it', async () => {
    const store = await stack.createStore('fast_deletion');
    await replay(store, [status(did, false, host + 9 * MINUTE, host, { status: 'deleted' })]);
    const [row] = await selectRows<{ micros: string }>(
      store.clickhouse,
      'SELECT toString(bitShiftRight(version, 11)) AS micros FROM actor_status FINAL',
    );
    expect(Number(row?.micros)).toBe(host);
  });
});

describe('an account whose order is in doubt', () => {
  let network: TestNetworkNoAppView;
  let host: JetstreamServer;
  let store: Store;
  let indexer: Program;
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
  });
  afterAll(async () => {
    await indexer.stop();
    await host.close();
    await network.close();
  });

  async function createAccount(name: string) {
    const agent = new AtpAgent({ service: network.pds.url });
    const { data } = await agent.createAccount({
      handle: `${name}.test`,
      email: `${name}@example.com`,
      password: 'a long main password',
    });
    return { agent, did: data.did };
  }

  function show(did: string, ...lines: string[]): void {
    for (const line of lines) host.append({ did, timeUs: NOW, tail: '', raw: line, nth: 0 });
  }

  test('is as its own server says: active, though the last event, by a fast clock, says otherwise', async () => {
    const { did } = await createAccount('anna');
    show(did, status(did, true, NOW - MINUTE, NOW - MINUTE), status(did, false, NOW + 9 * MINUTE, NOW));
    await until(async () => (await actorOf(store, did))?.active === 0);
    await until(async () => (await actorOf(store, did))?.active === 1);
    // What comes again from a host that is a little late changes nothing.
    await replay(store, [status(did, false, NOW + 9 * MINUTE, NOW + 3_000_000)]);
    expect(await actorOf(store, did)).toMatchObject({ active: 1, status: '' });
  });

  test('is as its own server says: inactive, though the event that came last counts as an older one', async () => {
    const { did, agent } = await createAccount('bert');
    await agent.com.atproto.server.deactivateAccount({});
    show(did, status(did, true, NOW + 30_000_000, NOW), status(did, false, NOW, NOW + 1));
    await until(async () => (await actorOf(store, did))?.status === 'deactivated');
    expect(await actorOf(store, did)).toMatchObject({ active: 0 });
  });

  test('has the handle that its DID document names', async () => {
    const { did } = await createAccount('cleo');
    show(did, identity(did, 'old.example', NOW + 20_000_000, NOW), identity(did, 'older.example', NOW, NOW + 1));
    await until(async () => (await actorOf(store, did))?.handle === 'cleo.test');
  });

  test('stays taken down by an upstream host, whatever its own server says', async () => {
    const { did } = await createAccount('dora');
    show(did, status(did, false, NOW + 9 * MINUTE, NOW, { status: 'takendown' }));
    await until(async () => (await indexer.metric('updraft_indexer_account_answers_total{outcome="upheld"}')) > 0);
    expect(await actorOf(store, did)).toMatchObject({ active: 0, status: 'takendown' });
  });
});
