import { parentPort } from 'node:worker_threads';
import { createSignatureVerifier } from '@updraft/identity/signature';
import { type SignatureBatch, type SignatureVerdicts, unpackBatch } from './signature-batch.ts';

const verifier = createSignatureVerifier();

parentPort?.on('message', (batch: SignatureBatch) => {
  const verdicts = unpackBatch(batch).map(({ key, message, signature }) =>
    verifier.verify(key, message, signature) ? 1 : 0,
  );
  const answer: SignatureVerdicts = { id: batch.id, verdicts: Uint8Array.from(verdicts) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window
  parentPort?.postMessage(answer);
});
