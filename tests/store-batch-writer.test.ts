import { setTimeout as delay } from 'node:timers/promises';
import { type BatchWriterHooks, createBlock, recordRows, SetupStoreError, type StoreError } from '@updraft/store';
import { beforeEach, describe, expect, it } from 'vitest';
import { CREATE_GUARDED, clearTables, countRows, guarded, guardedBlock, like, twoBlocks } from './guarded-table.ts';
import { until } from './indexer/program.ts';
import { useStore } from './use-store.ts';
import { never, quickWriter } from './write-blocks.ts';

const store = useStore();

beforeEach(async () => {
  await clearTables(store.clickhouse);
});

const writer = (metrics?: BatchWriterHooks) => quickWriter(store.clickhouse, metrics);
const count = (table: string) => countRows(store.clickhouse, table);

describe('a batch', () => {
  it('is written to all of its tables, and again without a change', async () => {
    const blocks = twoBlocks(2_000);
    const written: Record<string, number> = {};
    const onWritten = (table: string, rows: number) => {
      written[table] = rows;
    };
    await writer({ onWritten }).write([...blocks, createBlock(guarded)], never);
    expect(written).toEqual({ record_rows: 2_000, post_rows: 2_000 });
    await writer().write(blocks, never);
    expect([await count('likes'), await count('posts'), await count('record_ops')]).toEqual([2_000, 2_000, 4_000]);
  });

  it('waits while ClickHouse is killed and started again, and is then wholly there', async () => {
    const retried: string[] = [];
    await store.kill();
    const writing = writer({ onRetry: (table) => retried.push(table) }).write(twoBlocks(3_000), never);
    await until(() => retried.length >= 4);
    await store.start();
    await writing;
    expect([await count('likes'), await count('posts'), await count('record_ops')]).toEqual([3_000, 3_000, 6_000]);
  });

  it('loses nothing that was acknowledged when ClickHouse is killed in the midst of writing', async () => {
    const controller = new AbortController();
    let acknowledged = 0;
    const run = (async () => {
      for (let start = 0; !controller.signal.aborted; start += 500) {
        const block = createBlock(recordRows);
        for (let index = start; index < start + 500; index++) block.append(like(index));
        await writer().write([block], never);
        acknowledged = start + 500;
      }
    })();
    for (let kill = 0; kill < 3; kill++) {
      const before = acknowledged;
      await until(() => acknowledged > before + 1_000);
      await store.kill();
      const atKill = acknowledged;
      await store.start();
      expect(await count('likes')).toBeGreaterThanOrEqual(atKill);
    }
    controller.abort();
    await run;
    expect(await count('likes')).toBe(acknowledged);
  });

  it('ends with the reason of the signal, also while ClickHouse is away', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    await store.kill();
    const writing = writer().write(twoBlocks(10), controller.signal);
    const ended = writing.then(
      () => undefined,
      (error: unknown) => error,
    );
    await delay(100);
    controller.abort(reason);
    expect(await ended).toBe(reason);
    await store.start();
  });

  it('is held with an alarm while a table is missing, and goes on when it is there again', async () => {
    const held: StoreError[] = [];
    await store.clickhouse.command('DROP TABLE guarded SYNC');
    const writing = writer({ onHeld: (_, error) => held.push(error) }).write([guardedBlock(['a', 'b'])], never);
    await until(() => held.length >= 2);
    expect(held[0]).toBeInstanceOf(SetupStoreError);
    await store.clickhouse.command(CREATE_GUARDED);
    await writing;
    expect(await count('guarded')).toBe(2);
  });
});
