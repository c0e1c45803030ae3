import type { BatchWriter, Progress } from '@updraft/store';
import { describe, expect, test } from 'vitest';
import { type BatchQueue, createBatchQueue } from '../batch/batch-queue.ts';
import type { Moment } from '../run/hooks.ts';
import { runWriteLoop, type WriteLoopOptions } from './write.ts';

/** A queue with three batches of one row, at progress 1, 2 and 3, and closed behind them unless it stays open. */
function threeBatches(staysOpen = false): BatchQueue {
  let taken = 0;
  const progress = (): Progress => ({ lastSeq: taken, host: 'h', oldestKeptMicros: 0, recent: [], savedAt: '' });
  const queue = createBatchQueue({
    maxEvents: 1,
    maxBytes: 1e9,
    flushIntervalMs: 60_000,
    queueMaxBytes: 1e9,
    progress,
  });
  for (let i = 0; i < 3; i++) {
    taken += 1;
    queue.current().actorHandles.append({ did: 'did:plc:a', handle: `${i}`, version: { hi: 0, lo: 0 } });
    queue.added();
  }
  if (!staysOpen) queue.close();
  return queue;
}

/** Runs the loop over fakes of its two interfaces, and keeps what it did in order. */
async function run(
  behaviour: { write?: (nth: number) => Promise<void>; save?: (nth: number) => Promise<void> },
  hooks?: WriteLoopOptions['hooks'],
): Promise<{ did: string[]; failure: unknown }> {
  const did: string[] = [];
  let [writes, saves] = [0, 0];
  const writer: BatchWriter = {
    write: async () => {
      writes += 1;
      await behaviour.write?.(writes);
      did.push(`wrote ${writes}`);
    },
  };
  const cursor = {
    save: async ({ lastSeq }: Progress) => {
      saves += 1;
      await behaviour.save?.(saves);
      did.push(`saved ${lastSeq}`);
      return true;
    },
  };
  const counts = { batch: () => {}, saved: () => {}, saveFailed: () => void did.push('save failed') };
  const failure = await runWriteLoop(
    { queue: threeBatches(), writer, cursor, counts, hooks },
    new AbortController().signal,
  ).catch((error: unknown) => error);
  return { did, failure };
}

describe('invariant 1: data before cursor', () => {
  test('a cursor is saved only after its batch is acknowledged, and batches go in order', async () => {
    const { did } = await run({});
    expect(did.filter((step) => step.startsWith('wrote'))).toEqual(['wrote 1', 'wrote 2', 'wrote 3']);
    for (const n of [1, 2, 3])
      if (did.includes(`saved ${n}`)) expect(did.indexOf(`saved ${n}`)).toBeGreaterThan(did.indexOf(`wrote ${n}`));
    expect(did.at(-1)).toBe('saved 3');
  });

  test('a write that is given up never advances the cursor', async () => {
    const { did, failure } = await run({
      write: (nth) => (nth === 2 ? Promise.reject(new Error('given up')) : Promise.resolve()),
    });
    expect(did).toEqual(['wrote 1', 'saved 1']);
    expect(failure).toEqual(new Error('given up'));
  });
});

test('a slow save holds up no write, and of the cursors that wait only the last is saved', async () => {
  const allWritten = Promise.withResolvers<void>();
  const { did } = await run({
    write: async (nth) => void (nth === 3 && setTimeout(allWritten.resolve, 5)),
    save: (nth) => (nth === 1 ? allWritten.promise : Promise.resolve()),
  });
  expect(did).toEqual(['wrote 1', 'wrote 2', 'wrote 3', 'saved 1', 'saved 3']);
});

test('a cursor that can not be saved does not stop the writing, and the next one stands for it', async () => {
  const { did, failure } = await run({
    save: (nth) => (nth === 1 ? Promise.reject(new Error('ClickHouse is away')) : Promise.resolve()),
  });
  expect(did[0]).toBe('wrote 1');
  expect(did).toContain('save failed');
  expect(did.at(-1)).toBe('saved 3');
  expect(failure).toBeUndefined();
});

test('the last cursor is tried once more at the end, and its failure is told', async () => {
  const { did, failure } = await run({ save: () => Promise.reject(new Error('ClickHouse is away')) });
  expect(did.filter((step) => step.startsWith('wrote'))).toHaveLength(3);
  expect(did.some((step) => step.startsWith('saved'))).toBe(false);
  expect(failure).toEqual(new Error('ClickHouse is away'));
});

test.each([
  ['fails', () => Promise.reject(new Error('ClickHouse is away'))],
  ['does not reach Redis', () => Promise.resolve(false)],
])('a cursor whose save %s is saved again though no other follows', async (_, behaves) => {
  const queue = threeBatches(true);
  const saves: number[] = [];
  const saved = Promise.withResolvers<void>();
  const cursor = {
    save: ({ lastSeq }: Progress) => {
      saves.push(lastSeq);
      if (saves.length < 6) return behaves();
      saved.resolve();
      return Promise.resolve(true);
    },
  };
  const counts = { batch: () => {}, saved: () => {}, saveFailed: () => {} };
  const writer: BatchWriter = { write: () => Promise.resolve() };
  const running = runWriteLoop({ queue, writer, cursor, counts, againMs: 1 }, new AbortController().signal);
  await saved.promise;
  queue.close();
  await running;
  expect(saves.slice(-3)).toEqual([3, 3, 3]);
});

test.each([
  ['before-write', 1],
  ['after-write', 2],
] as const)('the moment %s passes when its name says', async (moment, written) => {
  let passed = 0;
  const dies = (here: Moment): void => {
    if (here === moment && ++passed === 2) throw new Error('died');
  };
  const { did, failure } = await run({}, { passed: dies, writer: (writer) => writer });
  expect(failure).toEqual(new Error('died'));
  expect(did.filter((step) => step.startsWith('wrote'))).toHaveLength(written);
  expect(did).not.toContain('saved 2');
});
