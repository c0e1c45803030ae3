import type { SigningKey } from '@updraft/identity';
import { createSignatureThread, type PendingCheck } from './signature-thread.ts';

/** Checks signatures away from the event loop. */
export interface SignaturePool {
  /** Rejects with PoolFullError when too many wait already. */
  verify(key: SigningKey, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

export class PoolFullError extends Error {
  override name = 'PoolFullError';
}

export interface SignaturePoolOptions {
  threads: number;
  /** Checks that may wait or run at once. */
  maxPending?: number;
  onThreadLost: (error: unknown) => void;
}

/**
 * A pool of threads. The checks of one turn of the event loop go to a thread as one message: a message of one check costs the loop a
 * third of the check itself (14 of 50 µs), in messages of eight a tenth.
 */
export function createSignaturePool(options: SignaturePoolOptions): SignaturePool {
  const { threads, maxPending = 10_000, onThreadLost } = options;
  const pool = Array.from({ length: threads }, () => createSignatureThread(onThreadLost));
  let turn: PendingCheck[] = [];
  let pending = 0;

  function flush(): void {
    const batch = turn;
    turn = [];
    const share = Math.ceil(batch.length / pool.length);
    const idlestFirst = pool.toSorted((a, b) => a.load() - b.load());
    for (const [index, thread] of idlestFirst.entries()) {
      const part = batch.slice(index * share, (index + 1) * share);
      if (part.length > 0) void thread.send(part);
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
      await Promise.all(pool.map((thread) => thread.close()));
    },
  };
}
