import type { IncomingMessage } from 'node:http';
import type { JetstreamError } from '../errors.ts';
import { errorOfBody, readRetryAfter } from '../wire-error.ts';

const MAX_BODY_BYTES = 2_048;

/** The error of an HTTP answer that came instead of an upgrade: v2's bodies are JSON, v1's plain text. Never rejects. */
export async function readRefusal(response: IncomingMessage, timeoutMs: number): Promise<JetstreamError> {
  const parts: Buffer[] = [];
  let length = 0;
  const giveUp = setTimeout(() => response.destroy(), timeoutMs);
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length >= MAX_BODY_BYTES) break;
    }
  } catch {
    // The status alone says enough.
  }
  clearTimeout(giveUp);
  const retryAfterMs = readRetryAfter(response.headers['retry-after']);
  return errorOfBody(response.statusCode ?? 0, Buffer.concat(parts).toString('utf8', 0, MAX_BODY_BYTES), retryAfterMs);
}
