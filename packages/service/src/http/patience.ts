import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpServer } from './server.ts';

/** A caller that accepts these gets lines while it waits. */
export const LINES = 'application/x-ndjson';

/** The last line: what the answer would have been. Those before it are `{"waiting":true}`. */
export interface LastLine {
  readonly status: number;
  readonly retryAfterS?: number;
  readonly body: unknown;
}

const EVERY_MS = 10_000;

/**
 * Answers with the result of work that may take minutes. Proxies and browsers cut a connection on which nothing comes for a
 * minute: a caller that accepts lines gets one every ten seconds from then on, and the result, or the error, as the last one.
 */
export async function answerPatiently<T>(
  app: HttpServer,
  request: FastifyRequest,
  reply: FastifyReply,
  work: Promise<T>,
  everyMs = EVERY_MS,
): Promise<T | FastifyReply> {
  if (request.headers.accept?.includes(LINES) !== true || (await isDoneWithin(work, everyMs))) return work;
  reply.headers({ 'content-type': LINES, 'x-accel-buffering': 'no' });
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, reply.getHeaders() as Record<string, string>);
  const wait = () => void raw.write(`${JSON.stringify({ waiting: true })}\n`);
  wait();
  const timer = setInterval(wait, everyMs);
  const line = await work.then(
    (body): LastLine => ({ status: 200, body }),
    (error: unknown) => (raw.destroyed ? undefined : lineOf(app, request, error)), // who has left is told nothing
  );
  clearInterval(timer);
  raw.end(`${JSON.stringify(line)}\n`);
  return reply;
}

function lineOf(app: HttpServer, request: FastifyRequest, fault: unknown): LastLine {
  const { status, error, message, headers } = app.answerFor(request, fault);
  const retryAfterS = Number(headers['retry-after']);
  return { status, ...(retryAfterS >= 0 && { retryAfterS }), body: { error, message } };
}

async function isDoneWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  const done = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
