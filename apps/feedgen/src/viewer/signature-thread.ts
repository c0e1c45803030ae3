import { Worker } from 'node:worker_threads';
import { createSignatureVerifier } from '@updraft/identity/signature';
import { type Check, packBatch, type SignatureVerdicts } from './signature-batch.ts';

/** A check that somebody waits for. */
export interface PendingCheck extends Check {
  readonly settle: (isValid: boolean) => void;
}

/** One thread that checks signatures. */
export interface SignatureThread {
  send(checks: readonly PendingCheck[]): void;
  /** Checks that it has not answered. */
  load(): number;
  close(): Promise<void>;
}

/** A thread that dies is replaced, and the checks that it had are made here. */
export function createSignatureThread(onLost: ((error: unknown) => void) | undefined): SignatureThread {
  const pending = createPendingBatches();
  let isClosed = false;
  let worker = start();

  function start(): Worker {
    const made = new Worker(new URL('./signature-worker.ts', import.meta.url));
    made.unref();
    made.on('message', ({ id, verdicts }: SignatureVerdicts) =>
      pending.settle(id, (_, index) => verdicts[index] === 1),
    );
    made.once('error', (error) => onLost?.(error));
    made.once('exit', () => {
      const verifier = createSignatureVerifier();
      pending.settleAll(({ key, message, signature }) => verifier.verify(key, message, signature));
      if (!isClosed) worker = start();
    });
    return made;
  }

  return {
    load: pending.load,
    send: (checks) => {
      const packed = packBatch(pending.add(checks), checks);
      worker.postMessage(packed, [packed.bytes.buffer]);
    },
    close: async () => {
      isClosed = true;
      await worker.terminate();
    },
  };
}

type Judge = (check: PendingCheck, index: number) => boolean;

/** Batches that wait for a thread's answer, by id. */
function createPendingBatches() {
  const batches = new Map<number, readonly PendingCheck[]>();
  let [nextId, load] = [0, 0];

  function settle(id: number, isValid: Judge): void {
    const batch = batches.get(id) ?? [];
    batches.delete(id);
    load -= batch.length;
    for (const [index, check] of batch.entries()) check.settle(isValid(check, index));
  }

  return {
    load: () => load,
    add: (batch: readonly PendingCheck[]): number => {
      const id = nextId++;
      batches.set(id, batch);
      load += batch.length;
      return id;
    },
    settle,
    settleAll: (isValid: Judge): void => {
      for (const id of batches.keys()) settle(id, isValid);
    },
  };
}
