import { timeVersion } from '@updraft/atproto';
import { createLogger } from '@updraft/service';
import { actorHandles, type ClickHouse, createHiddenActors, insertRows, readHandlesBeginning } from '@updraft/store';
import { beforeAll, describe, expect, test } from 'vitest';
import { createIdentity } from '../apps/feedgen/src/identity.ts';
import { createFeedgenMetrics } from '../apps/feedgen/src/metrics.ts';
import { quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';
import { useStore } from './use-store.ts';

const store = useStore();
const SINCE_MICROS = Date.UTC(2026, 0, 1) * 1000;

/** What an account was called, one name after the other. */
async function called(name: string, ...handles: readonly string[]): Promise<void> {
  for (const [index, handle] of handles.entries()) {
    const version = timeVersion(SINCE_MICROS + index);
    await insertRows(store.clickhouse, actorHandles, [{ did: `did:web:${name}`, handle, version }]);
  }
}

const named = async (beginning: string, limit = 8) =>
  (await readHandlesBeginning(store.clickhouse, { beginning, limit })).map(({ did, handle }) => `${did} ${handle}`);

describe('accounts by the beginning of their handle', () => {
  test('come with the shortest handle first, and no more than were asked for', async () => {
    await called('one', 'wren-long.example.com');
    await called('two', 'wren.example.com');
    await called('three', 'wrens.example.com');
    await called('four', 'wr.example.com');
    expect(await named('wren')).toEqual([
      'did:web:two wren.example.com',
      'did:web:three wrens.example.com',
      'did:web:one wren-long.example.com',
    ]);
    expect(await named('wren', 1)).toEqual(['did:web:two wren.example.com']);
  });

  test('are found by the present handle, never by one that they gave up, also when events come again', async () => {
    for (let times = 0; times < 2; times++) await called('renamed', 'oldname.example', 'newname.example');
    await called('renamed', 'oldname.example');
    const asked = async () => [await named('oldname'), await named('newname')];
    expect(await asked()).toEqual([[], ['did:web:renamed newname.example']]);
    await store.clickhouse.command('OPTIMIZE TABLE actor_handles FINAL');
    expect(await asked()).toEqual([[], ['did:web:renamed newname.example']]);
  });

  test('whose handle is not valid are left out', async () => {
    await called('invalid', 'handlers.example', 'handle.invalid');
    expect(await named('handle')).toEqual([]);
    expect(await named('')).toEqual([]);
  });

  test('are left out while they are not active', async () => {
    await called('gone', 'asleep.example');
    const set = async (active: number, version: number) => {
      const insert = `INSERT INTO actor_status (did, is_deletion, active, status, version) SELECT 'did:web:gone', 0, {active:UInt8}, '', {version:UInt64}`;
      await store.clickhouse.command(insert, { active, version });
      await createHiddenActors({ clickhouse: store.clickhouse, log: quietLog }).refresh();
    };
    await set(0, 1);
    expect(await named('asleep')).toEqual([]);
    await set(1, 2);
    expect(await named('asleep')).toEqual(['did:web:gone asleep.example']);
  });

  test('of two who claim one handle the last to claim it is found', async () => {
    await called('robbed', 'claimed.example');
    await called('claimer', 'before.example', 'claimed.example');
    expect(await named('claimed')).toEqual(['did:web:claimer claimed.example']);
  });

  test('of two who claim one handle the last to claim it is found, whatever they were called before', async () => {
    await store.clickhouse.command('SYSTEM STOP MERGES actor_handles');
    await called('early', 'kit.x', 'kittiwake.example');
    for (let index = 0; index < 20; index++) await called(`kit${index}`, `kit${index}.x`, `other${index}.example`);
    await called('late', 'some.example', 'any.example', 'kittiwake.example');
    await called('short', 'kitty.example');
    expect(await named('kit')).toEqual(['did:web:short kitty.example', 'did:web:late kittiwake.example']);
    await store.clickhouse.command('SYSTEM START MERGES actor_handles');
  });

  test('are none where the server takes too long to find them', async () => {
    await called('slow', 'slowpoke.example');
    const query: ClickHouse['query'] = (sql, ...rest) =>
      store.clickhouse.query(sql.replace('WHERE startsWith(', 'WHERE sleep(3) = 0 AND startsWith('), ...rest);
    const service = { did: 'did:web:feeds.example', endpoint: '', actorDid: 'did:web:feeds.example' };
    const identity = createIdentity({
      config: { service, plcHost: 'https://plc.example', allowPrivateAddresses: false },
      clickhouse: { ...store.clickhouse, query },
      metrics: createFeedgenMetrics(),
      log: createLogger({ service: 'test', level: 'silent' }),
    });
    expect(await identity.beginningWith('slowpoke', 8)).toEqual([]);
    await identity.close();
  });

  test.for(['%', '_ren', 'w%', 'w?en', "wren'", '\\', 'wren\u0000'])('%j is plain text', async (text) => {
    expect(await named(text)).toEqual([]);
  });

  describe('among many', () => {
    beforeAll(async () => {
      await store.clickhouse.command(
        `INSERT INTO actor_handles (did, handle, version)
         SELECT concat('did:plc:', toString(number)), concat(char(97 + number % 4), hex(sipHash64(number)), '.example'), 1 FROM numbers(100000)`,
      );
    });

    test('are read in the order of the handles, and not by account', async () => {
      const plans: string[] = [];
      const query: ClickHouse['query'] = async (sql, shape, params, options) => {
        const plan = await selectRows<{ explain: string }>(
          store.clickhouse,
          `EXPLAIN actions = 1 ${sql}`,
          params,
          options,
        );
        plans.push(plan.map(({ explain }) => explain).join('\n'));
        return store.clickhouse.query(sql, shape, params, options);
      };
      const found = await readHandlesBeginning({ ...store.clickhouse, query }, { beginning: 'b', limit: 8 });
      expect(found).toHaveLength(8);
      expect(plans[0]).toMatch(/ReadFromMergeTree \(by_handle\)\s.*Read type: InOrder/);
    });
  });
});
