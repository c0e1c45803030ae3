import { createSignatureVerifier } from '@updraft/identity/signature';
import { giveVerdicts } from '../threads/give-verdicts.ts';
import { type SignatureBatch, unpackBatch } from './signature-batch.ts';

const { verify } = createSignatureVerifier();

giveVerdicts((batch: SignatureBatch) =>
  unpackBatch(batch).map(({ key, message, signature }) => verify(key, message, signature)),
);
