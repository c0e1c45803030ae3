import { createSignatureVerifier } from '@updraft/identity/signature';
import { createVerdictThread } from '../threads/verdict-thread.ts';
import { type Check, packBatch, type SignatureBatch } from './signature-batch.ts';

/** A check whose caller waits. */
export interface PendingCheck extends Check {
  readonly settle: (isValid: boolean) => void;
}

/** One thread that checks signatures. */
export interface SignatureThread {
  /** Settles each check: here, when the thread is lost. */
  send(checks: readonly PendingCheck[]): Promise<void>;
  /** Checks that are not settled. */
  load(): number;
  close(): Promise<void>;
}

export function createSignatureThread(onLost: (error: unknown) => void): SignatureThread {
  const thread = createVerdictThread<SignatureBatch>(new URL('signature-worker.ts', import.meta.url), onLost);
  thread.start();
  let load = 0;
  return {
    load: () => load,
    send: async (checks) => {
      load += checks.length;
      const batch = packBatch(checks);
      const verdicts = await thread.ask(batch, [batch.bytes.buffer]).catch(() => checkHere(checks)); // the thread is lost
      load -= checks.length;
      for (const [index, check] of checks.entries()) check.settle(verdicts[index] === true);
    },
    close: thread.close,
  };
}

function checkHere(checks: readonly Check[]): boolean[] {
  const { verify } = createSignatureVerifier();
  return checks.map(({ key, message, signature }) => verify(key, message, signature));
}
