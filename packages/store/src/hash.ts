import { hash } from 'node:crypto';

/** First 16 bytes of the SHA-256 of the text, as 32 hex characters: the keys of rejected_events and ingest_gaps. */
export function hashText(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}
