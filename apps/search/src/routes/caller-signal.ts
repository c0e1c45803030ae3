import type { FastifyReply } from 'fastify';

/**
 * Aborts when the caller leaves before the answer is sent, or after `timeoutMs`. Fastify's own request.signal also aborts when
 * the body of a POST has been read (Node then closes the request's stream).
 */
export function callerSignal(reply: FastifyReply, timeoutMs: number): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new DOMException('the caller has gone', 'AbortError'));
  });
  return AbortSignal.any([gone.signal, AbortSignal.timeout(timeoutMs)]);
}

/** The result of work that several callers share; only the wait ends with the signal. @throws the signal's reason */
export async function whileWaitedFor<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: gone, reject } = Promise.withResolvers<never>();
  const onGone = () => reject(signal.reason);
  signal.addEventListener('abort', onGone, { once: true });
  if (signal.aborted) onGone();
  try {
    return await Promise.race([work, gone]);
  } finally {
    signal.removeEventListener('abort', onGone);
  }
}
