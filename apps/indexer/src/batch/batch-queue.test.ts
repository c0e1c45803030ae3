import type { Progress } from '@updraft/store';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type BatchLimits, type BatchQueue, createBatchQueue } from './batch-queue.ts';

const LIMITS: BatchLimits = { maxEvents: 1_000, maxBytes: 1e9, flushIntervalMs: 60_000, queueMaxBytes: 1e9 };
const HANDLE = { did: 'did:plc:a', handle: 'a.example', version: { hi: 0, lo: 0 } };
const KIB = 1024;

let taken = 0;
const queues: BatchQueue[] = [];

/** A queue whose progress is the number of events taken in. */
function makeQueue(limits: Partial<BatchLimits>): BatchQueue {
  taken = 0;
  const queue = createBatchQueue({ ...LIMITS, ...limits, progress: () => progressAt(taken) });
  queues.push(queue);
  return queue;
}

function progressAt(lastSeq: number): Progress {
  return { lastSeq, host: 'h', oldestKeptMicros: 0, recent: [], savedAt: '' };
}

function add(queue: BatchQueue, count: number, bytes = 10): void {
  for (let i = 0; i < count; i++) {
    taken += 1;
    const row = {
      eventHash: 'a'.repeat(32),
      reason: 'not_json',
      detail: '',
      did: '',
      kind: '',
      collection: '',
      event: 'x'.repeat(bytes),
      eventBytes: bytes,
    };
    queue.current().rejectedEvents.append(row);
    queue.added();
  }
}

async function drain(queue: BatchQueue): Promise<number[]> {
  queue.close();
  const sizes: number[] = [];
  for (let batch = await queue.next(); batch !== undefined; batch = await queue.next()) {
    sizes.push(batch.events);
    queue.done();
  }
  return sizes;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const queue of queues.splice(0)) queue.close();
  vi.useRealTimers();
});

describe('a batch is cut', () => {
  test('by events', async () => {
    const queue = makeQueue({ maxEvents: 10 });
    add(queue, 25);
    expect(await drain(queue)).toEqual([10, 10, 5]);
  });

  test('by bytes', async () => {
    const queue = makeQueue({ maxBytes: 10 * KIB });
    add(queue, 5, 4 * KIB);
    expect(await drain(queue)).toEqual([3, 2]);
  });

  test('by age, counted from its first event', async () => {
    const queue = makeQueue({ flushIntervalMs: 1_000 });
    const first = queue.next();
    add(queue, 2);
    await vi.advanceTimersByTimeAsync(999);
    add(queue, 1);
    await vi.advanceTimersByTimeAsync(1);
    expect((await first)?.events).toBe(3);
  });

  test('by age only when the writer is free: while it is busy the next one grows, and follows at once', async () => {
    const queue = makeQueue({ flushIntervalMs: 1_000 });
    const first = queue.next();
    add(queue, 1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await first)?.events).toBe(1);
    for (let second = 0; second < 5; second++) {
      add(queue, 3);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    queue.done();
    expect((await queue.next())?.events).toBe(15);
  });

  test('at the close, and never when it is empty', async () => {
    const queue = makeQueue({ flushIntervalMs: 1_000 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await drain(queue)).toEqual([]);
  });

  test('also when its events made no rows, so that the cursor moves on', async () => {
    const queue = makeQueue({});
    queue.added();
    expect(await drain(queue)).toEqual([1]);
  });
});

test('a batch carries the progress of its own last event, however far the stream is when it is written', async () => {
  const queue = makeQueue({ maxEvents: 10 });
  add(queue, 25);
  expect((await queue.next())?.progress?.lastSeq).toBe(10);
  queue.done();
  expect((await queue.next())?.progress?.lastSeq).toBe(20);
});

test('a batch that is written does not change while the next one fills', async () => {
  const queue = makeQueue({ maxEvents: 2 });
  add(queue, 2);
  const batch = await queue.next();
  const before = batch?.rejectedEvents.slice(0, 2).slice();
  add(queue, 2);
  expect(batch?.rejectedEvents.slice(0, 2)).toEqual(before);
  expect(batch?.events).toBe(2);
});

describe('invariant 8: the bound in bytes', () => {
  test('counts the batch that fills, those that wait and the one that is written', async () => {
    const queue = makeQueue({ maxEvents: 10, queueMaxBytes: 100 * KIB });
    add(queue, 20, 4 * KIB);
    await queue.next();
    expect(queue.isFull()).toBe(false);
    add(queue, 5, 4 * KIB);
    expect(queue.isFull()).toBe(true);
    expect(queue.byteLength()).toBeGreaterThan(100 * KIB);
  });

  test('gives room again when a batch is done', async () => {
    const queue = makeQueue({ maxEvents: 10, queueMaxBytes: 100 * KIB });
    add(queue, 25, 4 * KIB);
    let hasRoom = false;
    const waiting = queue.waitForRoom(new AbortController().signal).then(() => {
      hasRoom = true;
    });
    await queue.next();
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    queue.done();
    await waiting;
    expect(queue.isFull()).toBe(false);
  });

  test('a wait for room ends with the signal', async () => {
    const queue = makeQueue({ queueMaxBytes: KIB });
    add(queue, 1, 2 * KIB);
    const stop = new AbortController();
    const waiting = queue.waitForRoom(stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});

test('a batch whose memory is used again starts empty', async () => {
  const queue = makeQueue({ maxEvents: 2 });
  add(queue, 2);
  await queue.next();
  queue.done();
  add(queue, 2); // into the other batch; the next one is the first again
  queue.current().actorHandles.append(HANDLE);
  queue.added();
  queue.close();
  await queue.next();
  queue.done();
  const again = await queue.next();
  expect(again).toMatchObject({ events: 1, actorHandles: { rows: 1 }, rejectedEvents: { rows: 0 } });
});
