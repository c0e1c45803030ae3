import { createLogger } from '@updraft/service';
import { askForAccount, readNewMembers } from '@updraft/store';
import { expect, test } from 'vitest';
import { type FillDeps, fillMembers } from '../apps/indexer/src/heal/fill-members.ts';
import { startDirectory } from './feedgen/directory.ts';
import { didOf } from './feedgen/network.ts';
import { until } from './feedgen/stage.ts';
import { useStore } from './use-store.ts';

const store = useStore();
const letters = 'abcdefghijkl';
const asked = Array.from({ length: 120 }, (_, n) => didOf(`asked${letters[Math.floor(n / 10)]}${letters[n % 10]}`));

test('accounts that can not be brought in hold up no others, and a member comes before all that were asked for', async () => {
  await using directory = await startDirectory();
  directory.weather = 'down';
  for (const [n, did] of asked.entries())
    await askForAccount(store.clickhouse, did, Date.now() * 1000 - 3_600_000_000 + n);
  const stopping = new AbortController();
  const ended = fillMembers(
    {
      config: {
        accounts: { ask: true, plcHost: directory.url, allowPrivateAddresses: true },
        redis: { address: '127.0.0.1:1', password: '', prefix: 'p' },
      },
      clickhouse: store.clickhouse,
      erased: { has: () => false, refresh: async () => {} },
      ready: async () => {},
      write: async () => {},
      metrics: { filledAccounts: { inc: () => {} } },
      log: createLogger({ service: 'test', level: 'silent' }),
    } as unknown as FillDeps,
    stopping.signal,
  );
  await until(() => new Set(directory.asked).isSupersetOf(new Set(asked)));
  stopping.abort();
  await ended;
  await store.clickhouse.command(
    "INSERT INTO actor_labels (actor_did, label, version) VALUES ('did:plc:member', 'friends', toUnixTimestamp64Micro(now64(6)))",
  );
  const query = { sinceMicros: 0, filledSinceMicros: Date.now() * 1000, limit: 2 };
  expect(await readNewMembers(store.clickhouse, query)).toEqual([
    { did: 'did:plc:member', labels: ['friends'] },
    { did: asked[0], labels: [] },
  ]);
});
