import type { SyncEvent } from '@updraft/jetstream';
import { createWorld, type WorldEvent } from '@updraft/simulator';
import { expect, test } from 'vitest';
import { useStack } from './indexer/fixtures.ts';
import { keysOf, read, sendTo, startHost } from './indexer/hosts.ts';
import { until } from './indexer/program.ts';
import { startIndexer } from './indexer/start.ts';

const stack = useStack();

/** A world whose repositories diverge often. */
function divergingWorld(events: number): WorldEvent[] {
  const world = createWorld({ seed: 11, accounts: 100, eventsPerDay: 20_000, divergence: 0.5 });
  return world.events().take(events).toArray();
}

test('a host of v2 is read with its syncs, and a store that v1 filled goes on with v2 of the same server', async () => {
  const events = divergingWorld(3_000);
  const host = await startHost({ v2: {} });
  sendTo([host], events.slice(0, 1_000));
  const store = await stack.createStore('v2');
  const first = startIndexer(store, { WS_URL: host.url });
  await until(async () => (await first.metric('updraft_indexer_events_total')) > 0);
  expect(await first.metric('updraft_indexer_has_sync')).toBe(0);
  await first.says('does not tell of repositories that diverged');
  await first.stop();

  sendTo([host], events.slice(1_000));
  const whole = read([], { hosts: [host.v2Url] });
  const seqs = () => new Set(whole.events.map(({ cursor }) => cursor));
  await whole.until(() => seqs().has(host.log.nextSeq - 1));
  const syncs = whole.events.filter((event): event is SyncEvent => event.kind === 'sync');
  expect(syncs.length).toBeGreaterThan(5);

  const second = startIndexer(store, { WS_URL: `${host.url},${host.v2Url}` });
  const accounts = new Set(syncs.map(({ did }) => did)).size;
  await until(async () => (await store.count('repo_syncs')) === accounts);
  expect(await second.metric('updraft_indexer_has_sync')).toBe(1);
  await second.stop();
  expect(await store.count('ingest_gaps')).toBe(0);
  expect(keysOf(whole.events).size).toBeGreaterThan(2_900);
});
