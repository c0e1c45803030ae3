import { z } from 'zod';
import { durationMs } from '../config-types.ts';
import { sleep } from '../sleep.ts';
import type { HttpServer } from './server.ts';

/** A service has 15 s to stop, and what it answers has its share of them. */
const MAX_DELAY_MS = 5_000;
/** How long what is being answered may take after the last request was taken. */
const IN_FLIGHT_MS = 6_000;

/** What a service with an HTTP server needs of the environment to stop without a failed request. */
export const drainEnvironment = z.object({
  /** How long it still takes requests after SIGTERM, so that whoever sends them can notice that it is not ready any more. */
  DRAIN_DELAY: durationMs('0s').refine((ms) => ms <= MAX_DELAY_MS, { error: "expected at most '5s'" }),
});

/**
 * Closes a server without failing a request: for `delayMs` it goes on answering, each reply with `connection: close`, so that nobody keeps
 * a connection on which a later request would meet its end; then it takes no more, and what it is answering is finished within 6 s.
 */
export async function drain(app: HttpServer, delayMs: number): Promise<void> {
  app.server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  await sleep(delayMs);
  const timer = setTimeout(() => app.server.closeAllConnections(), IN_FLIGHT_MS);
  await app.close();
  clearTimeout(timer);
}
