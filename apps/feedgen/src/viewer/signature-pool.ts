import { Worker } from 'node:worker_threads';
import type { SigningKey } from '@updraft/identity';
import { createSignatureVerifier } from '@updraft/identity/signature';
import { type Check, packBatch, type SignatureVerdicts } from './signature-batch.ts';

/** Checks signatures away from the event loop. */
export interface SignaturePool {
  /** @throws PoolFullError when too many wait already */
  verify(key: SigningKey, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

export class PoolFullError extends Error {
  override name = 'PoolFullError';
}

interface Waiting extends Check {
  readonly settle: (isValid: boolean) => void;
}

export interface SignaturePoolOptions {
  threads: number;
  /** Checks that may wait or be under way. */
  maxPending?: number;
  onThreadLost?: (error: unknown) => void;
}

/**
 * A pool of threads. What one turn of the event loop brings goes to a thread as one message: alone, a message costs the
 * loop a third of the check itself (14 of 50 µs), in batches of eight a tenth. A thread that dies is replaced, and what
 * it had is checked in place.
 */
export function createSignaturePool(options: SignaturePoolOptions): SignaturePool {
  const { threads, maxPending = 10_000, onThreadLost } = options;
  const inPlace = createSignatureVerifier();
  const lanes = Array.from({ length: threads }, () => createLane(inPlace, onThreadLost));
  let turn: Waiting[] = [];
  let pending = 0;

  function flush(): void {
    const batch = turn;
    turn = [];
    const share = Math.ceil(batch.length / lanes.length);
    const idlestFirst = lanes.toSorted((a, b) => a.load() - b.load());
    for (const [index, lane] of idlestFirst.entries()) {
      const part = batch.slice(index * share, (index + 1) * share);
      if (part.length > 0) lane.send(part);
    }
  }

  return {
    verify: (key, message, signature) => {
      if (pending >= maxPending) return Promise.reject(new PoolFullError(`${pending} signatures wait already`));
      pending += 1;
      if (turn.length === 0) setImmediate(flush);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const settle = (isValid: boolean) => {
        pending -= 1;
        resolve(isValid);
      };
      turn.push({ key, message, signature, settle });
      return promise;
    },
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

type Verifier = ReturnType<typeof createSignatureVerifier>;

/** One thread and what it has in hand. */
function createLane(inPlace: Verifier, onThreadLost: ((error: unknown) => void) | undefined) {
  const inHand = new Map<number, readonly Waiting[]>();
  let nextId = 0;
  let load = 0;
  let isClosed = false;
  let worker = start();

  function start(): Worker {
    const made = new Worker(new URL('./signature-worker.ts', import.meta.url));
    made.unref();
    made.on('message', ({ id, verdicts }: SignatureVerdicts) => settle(id, (_, index) => verdicts[index] === 1));
    made.once('error', (error) => onThreadLost?.(error));
    made.once('exit', () => {
      for (const id of inHand.keys())
        settle(id, ({ key, message, signature }) => inPlace.verify(key, message, signature));
      if (!isClosed) worker = start();
    });
    return made;
  }

  function settle(id: number, verdict: (check: Waiting, index: number) => boolean): void {
    const batch = inHand.get(id) ?? [];
    inHand.delete(id);
    load -= batch.length;
    for (const [index, waiting] of batch.entries()) waiting.settle(verdict(waiting, index));
  }

  return {
    load: () => load,
    send: (batch: readonly Waiting[]) => {
      const id = nextId++;
      inHand.set(id, batch);
      load += batch.length;
      const packed = packBatch(id, batch);
      worker.postMessage(packed, [packed.bytes.buffer]);
    },
    close: async () => {
      isClosed = true;
      await worker.terminate();
    },
  };
}
