import { z } from 'zod';
import { durationMs } from '../config-types.ts';
import { sleep } from '../sleep.ts';
import type { HttpServer } from './server.ts';

/** A service has 15 s to stop; the requests under way need some of them. */
const MAX_DELAY_MS = 5_000;
/** How long requests under way may still take after the last request was accepted. */
const IN_FLIGHT_MS = 6_000;

/** The variables of a service that stops without a failed request. */
export const drainEnvironment = z.object({
  /** How long it still accepts requests after SIGTERM, so that a proxy can notice that it is not ready any more. */
  DRAIN_DELAY: durationMs('0s').refine((ms) => ms <= MAX_DELAY_MS, { error: "expected at most '5s'" }),
});

/**
 * Closes a server without failing a request. For `delayMs` it still accepts requests, and answers with `connection: close`, so
 * that callers don't send later requests on a connection that is about to end. Then it finishes the requests under way, within 6 s.
 */
export async function drain(app: HttpServer, delayMs: number): Promise<void> {
  app.server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  await sleep(delayMs);
  const timer = setTimeout(() => app.server.closeAllConnections(), IN_FLIGHT_MS);
  await app.close();
  clearTimeout(timer);
}
