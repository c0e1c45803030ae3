import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ArchiveFault } from './archive-faults.ts';

/** An answer of the archive. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function jsonReply(value: object, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}

export function errorReply(status: number, error: string, message: string): Reply {
  return jsonReply({ error, message }, status);
}

const TICK_MS = 20;

/** Sends a reply, spoilt by a fault if there is one. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  fault: ArchiveFault | undefined,
): Promise<void> {
  const { status, headers, body } = fault?.kind === 'status' ? refusal(fault.status, fault.retryAfterSeconds) : reply;
  response.writeHead(status, { ...headers, 'content-length': body.length });
  switch (fault?.kind) {
    case 'cut':
      response.write(body.subarray(0, fault.afterBytes), () => response.destroy());
      return;
    case 'flip':
      response.end(flipped(body, fault.atByte));
      return;
    case 'slow':
      return trickle(response, body, fault.bytesPerSecond);
    default:
      response.end(body);
  }
}

function refusal(status: number, retryAfterSeconds: number | undefined): Reply {
  const [error, message] = STATUS_ERRORS[status] ?? ['', 'no'];
  const reply = errorReply(status, error, message);
  if (retryAfterSeconds === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(retryAfterSeconds) } };
}

const STATUS_ERRORS: Readonly<Record<number, readonly [string, string]>> = {
  400: ['InvalidRequest', 'the request is refused'],
  401: ['AuthenticationRequired', 'an API key is required'],
  403: ['Forbidden', 'the API key is refused'],
  404: ['SegmentNotFound', 'the segment is gone'],
  429: ['RateLimitExceeded', 'too many requests'],
  500: ['InternalServerError', 'the server failed'],
  503: ['ServiceUnavailable', 'the server is starting up'],
};

function flipped(body: Buffer, atByte: number): Buffer {
  const copy = Buffer.from(body);
  const at = Math.min(atByte, copy.length - 1);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

async function trickle(response: ServerResponse, body: Buffer, bytesPerSecond: number): Promise<void> {
  const step = Math.max(1, Math.floor((bytesPerSecond * TICK_MS) / 1_000));
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    response.write(body.subarray(at, at + step));
    await delay(TICK_MS);
  }
  response.end();
}
