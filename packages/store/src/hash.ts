import { hash } from 'node:crypto';
import type { Version } from '@updraft/atproto';

/** First 16 bytes of the SHA-256 of the text, as 32 hex characters: the keys of rejected_events and ingest_gaps. */
export function hashText(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}

/** The key of a post in feed_request_analytics.items: `reinterpretAsUInt64(substring(MD5(uri), 1, 8))`. */
export function itemKey(uri: string): Version {
  const bytes = hash('md5', uri, 'buffer');
  return { hi: bytes.readUInt32LE(4), lo: bytes.readUInt32LE(0) };
}
