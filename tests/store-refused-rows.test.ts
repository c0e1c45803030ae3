import type { BatchWriterHooks } from '@updraft/store';
import { beforeEach, describe, expect, it } from 'vitest';
import { clearTables, countRows, guardedBlock, twoBlocks } from './guarded-table.ts';
import { until } from './indexer/program.ts';
import { selectRows } from './select-rows.ts';
import { useStore } from './use-store.ts';
import { never, quickWriter } from './write-blocks.ts';

const store = useStore();

beforeEach(async () => {
  await clearTables(store.clickhouse);
});

const writer = (metrics?: BatchWriterHooks) => quickWriter(store.clickhouse, metrics);
const count = (table: string) => countRows(store.clickhouse, table);

describe('invariant 2: nothing is dropped in silence: a refused row', () => {
  it('is set aside alone, with its values and the reason, and the rows about it are written', async () => {
    const setAside: string[] = [];
    const texts = Array.from({ length: 1_000 }, (_, index) =>
      index === 137 || index === 138 || index === 999 ? 'rude' : `text ${index}`,
    );
    await writer({ onSetAside: (table) => setAside.push(table) }).write([guardedBlock(texts)], never);
    expect(setAside).toEqual(['guarded', 'guarded', 'guarded']);
    expect(await count('guarded')).toBe(997);
    const rejected = await selectRows<{ event: string; detail: string }>(
      store.clickhouse,
      'SELECT reason, kind, detail, event FROM rejected_events FINAL ORDER BY event',
    );
    expect(rejected.map(({ event }) => JSON.parse(event))).toEqual(
      [137, 138, 999].map((key) => ({ key, text: 'rude' })),
    );
    expect(rejected[0]).toMatchObject({ reason: 'refused_by_clickhouse', kind: 'row of guarded' });
    expect(rejected[0]?.detail).toContain('VIOLATED_CONSTRAINT');
  });

  it('is in rejected_events once, however often it comes', async () => {
    await writer().write([guardedBlock(['fine', 'rude'])], never);
    await writer().write([guardedBlock(['other', 'rude', 'more'])], never);
    expect(await count('rejected_events')).toBe(1);
  });

  it('the only one of its table is set aside when other tables of the batch pass', async () => {
    await writer().write([guardedBlock(['rude']), ...twoBlocks(5)], never);
    expect([await count('likes'), await count('posts'), await count('guarded')]).toEqual([5, 5, 0]);
    expect(await count('rejected_events')).toBe(1);
  });
});

describe('invariant 2: nothing is dropped in silence: a block refused as a whole', () => {
  async function isHeld(write: (hooks: BatchWriterHooks, signal: AbortSignal) => Promise<unknown>) {
    const controller = new AbortController();
    let held = 0;
    const writing = write({ onHeld: () => held++ }, controller.signal);
    const reason = new Error('stop');
    const ended = writing.then(
      () => undefined,
      (error: unknown) => error,
    );
    await until(() => held >= 2);
    controller.abort(reason);
    expect(await ended).toBe(reason);
    expect(await count('rejected_events')).toBe(0);
  }

  it('is held when none of its rows is taken', async () => {
    await isHeld((hooks, signal) =>
      writer(hooks).write([guardedBlock(Array.from({ length: 100 }, () => 'rude')), ...twoBlocks(3)], signal),
    );
    expect(await count('guarded')).toBe(0);
  });

  it('is held when the table has other columns, even if it is a single row', async () => {
    await store.clickhouse.command('DROP TABLE guarded SYNC');
    await store.clickhouse.command('CREATE TABLE guarded (key UInt64, text String) ENGINE = MergeTree ORDER BY key');
    await isHeld((hooks, signal) => writer(hooks).write([guardedBlock(['fine']), ...twoBlocks(3)], signal));
  });

  it('is held when it is one row and nothing else of the batch passes', async () => {
    await isHeld((hooks, signal) => writer(hooks).write([guardedBlock(['rude'])], signal));
  });
});
