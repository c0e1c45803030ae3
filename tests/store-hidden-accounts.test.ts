import { type ActorStatusRow, actorStatus, createHiddenActors, hiddenBelow, repoSyncs } from '@updraft/store';
import { describe, expect, it } from 'vitest';
import { until } from './indexer/program.ts';
import { quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';
import { useStore } from './use-store.ts';
import { blockOf, statusRow, writeBlocks } from './write-blocks.ts';

const store = useStore();

describe('invariant 4: a delete deletes: an account that goes away', () => {
  const status = (did: string, micros: number, rest: Partial<ActorStatusRow> = {}) =>
    statusRow({ did, version: { hi: 0, lo: micros }, ...rest });
  const write = (...rows: ActorStatusRow[]) => writeBlocks(store.clickhouse, blockOf(actorStatus, rows));
  const countFolds = () =>
    selectRows(store.clickhouse, 'SELECT folded_at FROM hidden_folds').then(({ length }) => length);
  const hidden = async (did: string) => {
    const [row] = await selectRows<{ below: string }>(
      store.clickhouse,
      `SELECT ${hiddenBelow('sipHash64({did:String})')} AS below`,
      { did },
    );
    return row?.below;
  };
  const ALL = String(2n ** 64n - 1n);

  it('is hidden from every reader when its batch is acknowledged, and back when it is active again', async () => {
    expect(await hidden('did:plc:a')).toBe('0');
    await write(status('did:plc:a', 10, { active: false, status: 'deactivated' }));
    expect(await hidden('did:plc:a')).toBe(ALL);
    await write(status('did:plc:a', 20));
    expect(await hidden('did:plc:a')).toBe('0');
  });

  it('shows only what is newer than its last deletion when it comes back', async () => {
    await write(status('did:plc:b', 10, { active: false, status: 'deleted', isDeletion: true }));
    expect(await hidden('did:plc:b')).toBe(ALL);
    await write(status('did:plc:b', 20));
    expect(await hidden('did:plc:b')).toBe('10');
    await write(status('did:plc:b', 30, { active: false, status: 'takendown' }));
    expect(await hidden('did:plc:b')).toBe(ALL);
    await write(status('did:plc:b', 40));
    expect(await hidden('did:plc:b')).toBe('10');
  });

  it('is not moved by older events that arrive again', async () => {
    await write(
      status('did:plc:c', 10, { active: false, status: 'deleted', isDeletion: true }),
      status('did:plc:c', 20),
    );
    await write(
      status('did:plc:c', 5, { active: false, status: 'deleted', isDeletion: true }),
      status('did:plc:c', 7, { active: false, status: 'suspended' }),
    );
    expect(await hidden('did:plc:c')).toBe('10');
  });

  it('that is told by a #sync shows only what is of its rev or later, whatever its status says and however often it comes', async () => {
    const sync = (lo: number) =>
      writeBlocks(store.clickhouse, blockOf(repoSyncs, [{ did: 'did:plc:g', version: { hi: 0, lo } }]));
    await sync(20);
    expect(await hidden('did:plc:g')).toBe('19');
    await sync(10);
    expect(await hidden('did:plc:g')).toBe('19');
    await write(status('did:plc:g', 30, { active: false, status: 'deactivated' }));
    expect(await hidden('did:plc:g')).toBe(ALL);
    await write(status('did:plc:g', 40));
    expect(await hidden('did:plc:g')).toBe('19');
    await write(
      status('did:plc:g', 50, { active: false, status: 'deleted', isDeletion: true }),
      status('did:plc:g', 60),
    );
    expect(await hidden('did:plc:g')).toBe('50');
    await sync(70);
    expect(await hidden('did:plc:g')).toBe('69');
    await createHiddenActors({ clickhouse: store.clickhouse, log: quietLog }).fold();
    expect(await hidden('did:plc:g')).toBe('69');
  });

  it('is moved into the big dictionary when many have changed, by itself', async () => {
    await write(status('did:plc:f', 10, { active: false, status: 'deactivated' }));
    const folds = await countFolds();
    await createHiddenActors({ clickhouse: store.clickhouse, log: quietLog, foldAbove: 1 }).refresh();
    await until(async () => (await countFolds()) > folds);
    expect(await hidden('did:plc:f')).toBe(ALL);
  });

  it('is the same before and after the dictionaries are folded, and after a restart of ClickHouse', async () => {
    await write(
      status('did:plc:d', 10, { active: false, status: 'deactivated' }),
      status('did:plc:e', 10, { active: false, status: 'deactivated' }),
    );
    await createHiddenActors({ clickhouse: store.clickhouse, log: quietLog }).fold();
    await write(status('did:plc:e', 20));
    expect([await hidden('did:plc:d'), await hidden('did:plc:e')]).toEqual([ALL, '0']);
    await store.kill();
    await store.start();
    expect([await hidden('did:plc:d'), await hidden('did:plc:e')]).toEqual([ALL, '0']);
  });
});
