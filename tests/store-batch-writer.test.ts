import { setTimeout as delay } from 'node:timers/promises';
import {
  type ActorStatusRow,
  actorStatus,
  type BatchWriterHooks,
  codecs,
  createBatchWriter,
  createBlock,
  createHiddenActors,
  defineTable,
  hiddenBelow,
  type PostRow,
  postRows,
  recordRows,
  SetupStoreError,
  type StoreError,
} from '@updraft/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordRow } from './record-row.ts';
import { selectRows } from './select-rows.ts';
import { quietLog, type StoreFixture, startStore } from './store-fixture.ts';

interface GuardedRow {
  readonly key: number;
  readonly text: string;
}
/** A table that refuses single rows, as none of the real ones does. */
const guarded = defineTable<GuardedRow>('guarded', { key: codecs.uint32, text: codecs.string });
const CREATE_GUARDED =
  "CREATE TABLE guarded (key UInt32, text String, CONSTRAINT polite CHECK text != 'rude') ENGINE = ReplacingMergeTree ORDER BY key";

let store: StoreFixture;

beforeAll(async () => {
  store = await startStore();
});

afterAll(async () => {
  await store.close();
});

beforeEach(async () => {
  await store.clickhouse.command('DROP TABLE IF EXISTS guarded SYNC');
  await store.clickhouse.command(CREATE_GUARDED);
  for (const table of ['record_rows', 'post_rows', 'record_ops', 'actor_status', 'rejected_events'])
    await store.clickhouse.command(`TRUNCATE TABLE ${table}`);
});

const never = new AbortController().signal;
const shortBackoff = () => ({ next: () => 50, reset: () => {} });

function writer(metrics: BatchWriterHooks = {}) {
  return createBatchWriter({ clickhouse: store.clickhouse, log: quietLog, metrics, backoff: shortBackoff });
}

function guardedBlock(texts: readonly string[]) {
  const block = createBlock(guarded);
  texts.forEach((text, key) => block.append({ key, text }));
  return block;
}

const like = (index: number) =>
  recordRow({
    repo: `did:plc:${index % 100}`,
    rkey: String(index),
    subject: `at://did:plc:a/app.bsky.feed.post/${index % 7}`,
    createdMs: 1_764_000_000_000 + index,
    version: { hi: 1, lo: index },
  });
const post = (index: number): PostRow => ({
  recordHour: 490_000,
  did: `did:plc:${index % 100}`,
  rkey: String(index),
  operation: 'create',
  sortAt: 1_764_000_000_000 + index,
  text: '',
  langs: [],
  tags: [],
  mentions: [],
  tokens: [],
  parentUri: '',
  rootUri: '',
  quoteUri: '',
  embed: 'none',
  hasEmbeddedMedia: false,
  jsonRest: '{}',
  version: { hi: 1, lo: index },
  deleted: false,
});

function twoBlocks(rows: number) {
  const likeBlock = createBlock(recordRows);
  const postBlock = createBlock(postRows);
  for (let index = 0; index < rows; index++) {
    likeBlock.append(like(index));
    postBlock.append(post(index));
  }
  return [likeBlock, postBlock];
}

async function count(table: string): Promise<number> {
  const [row] = await selectRows<{ rows: number }>(
    store.clickhouse,
    `SELECT toFloat64(count()) AS rows FROM ${table}${table === 'hidden_folds' ? '' : ' FINAL'}`,
  );
  return row?.rows ?? 0;
}

describe('a batch', () => {
  it('is written to all of its tables, and again without a change', async () => {
    const blocks = twoBlocks(2_000);
    expect(await writer().write([...blocks, createBlock(guarded)], never)).toMatchObject({
      rowsWritten: 4_000,
      rowsSetAside: 0,
    });
    await writer().write(blocks, never);
    expect([await count('likes'), await count('posts'), await count('record_ops')]).toEqual([2_000, 2_000, 4_000]);
  });

  it('waits while ClickHouse is killed and started again, and is then wholly there', async () => {
    const retried: string[] = [];
    await store.kill();
    const writing = writer({ onRetry: (table) => retried.push(table) }).write(twoBlocks(3_000), never);
    await vi.waitUntil(() => retried.length >= 4, { timeout: 20_000 });
    await store.start();
    expect(await writing).toMatchObject({ rowsWritten: 6_000 });
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
      await vi.waitUntil(() => acknowledged > before + 1_000, { timeout: 20_000 });
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
    await vi.waitUntil(() => held.length >= 2, { timeout: 10_000 });
    expect(held[0]).toBeInstanceOf(SetupStoreError);
    await store.clickhouse.command(CREATE_GUARDED);
    expect(await writing).toMatchObject({ rowsWritten: 2 });
    expect(await count('guarded')).toBe(2);
  });
});

describe('invariant 2: nothing is dropped in silence: a refused row', () => {
  it('is set aside alone, with its values and the reason, and the rows about it are written', async () => {
    const setAside: string[] = [];
    const texts = Array.from({ length: 1_000 }, (_, index) =>
      index === 137 || index === 138 || index === 999 ? 'rude' : `text ${index}`,
    );
    const report = await writer({ onSetAside: (table) => setAside.push(table) }).write([guardedBlock(texts)], never);
    expect(report).toMatchObject({ rowsWritten: 997, rowsSetAside: 3 });
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

  it('stands in rejected_events once, however often it comes', async () => {
    await writer().write([guardedBlock(['fine', 'rude'])], never);
    await writer().write([guardedBlock(['other', 'rude', 'more'])], never);
    expect(await count('rejected_events')).toBe(1);
  });

  it('the only one of its table is set aside when other tables of the batch pass', async () => {
    const report = await writer().write([guardedBlock(['rude']), ...twoBlocks(5)], never);
    expect(report).toMatchObject({ rowsWritten: 10, rowsSetAside: 1 });
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
    await vi.waitUntil(() => held >= 2, { timeout: 10_000 });
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

  it('is held when the table has other columns, were it one row only', async () => {
    await store.clickhouse.command('DROP TABLE guarded SYNC');
    await store.clickhouse.command('CREATE TABLE guarded (key UInt64, text String) ENGINE = MergeTree ORDER BY key');
    await isHeld((hooks, signal) => writer(hooks).write([guardedBlock(['fine']), ...twoBlocks(3)], signal));
  });

  it('is held when it is one row and nothing else of the batch passes', async () => {
    await isHeld((hooks, signal) => writer(hooks).write([guardedBlock(['rude'])], signal));
  });
});

describe('invariant 4: a delete deletes: an account that goes away', () => {
  const status = (did: string, micros: number, rest: Partial<ActorStatusRow> = {}): ActorStatusRow => ({
    did,
    isDeletion: false,
    active: true,
    status: '',
    version: { hi: 0, lo: micros },
    ...rest,
  });
  const write = async (...rows: ActorStatusRow[]) => {
    const block = createBlock(actorStatus);
    for (const row of rows) block.append(row);
    await writer().write([block], never);
  };
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

  it('is moved into the big dictionary when many have changed, by itself', async () => {
    await write(status('did:plc:f', 10, { active: false, status: 'deactivated' }));
    const folds = await count('hidden_folds');
    await createHiddenActors({ clickhouse: store.clickhouse, log: quietLog, foldAbove: 1 }).refresh();
    await vi.waitUntil(async () => (await count('hidden_folds')) > folds, { timeout: 10_000, interval: 100 });
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
