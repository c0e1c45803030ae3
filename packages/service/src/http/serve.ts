import { once } from 'node:events';
import { readBuildInfo } from '../build-info.ts';
import { listenOrExplain } from '../listen.ts';
import type { Logger } from '../logger.ts';
import { createMetricsServer, type MetricsServerOptions } from '../metrics-server.ts';
import { drain } from './drain.ts';
import type { HttpServer } from './server.ts';

export interface HttpService {
  readonly app: HttpServer;
  readonly listen: string;
  readonly drainDelayMs: number;
  readonly metrics: Pick<MetricsServerOptions, 'listen' | 'registry' | 'isReady'>;
  /** Starts the background work; resolves, once requests may come, with the promise of its end. */
  start(): Promise<{ readonly ended: Promise<void> }>;
  /** Ends the background work. */
  readonly background: AbortController;
  readonly log: Logger;
  /** The log line once it serves, and its fields. */
  readonly says: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Runs a service until the signal aborts or its background work ends. No request fails, and work under way is finished. */
export async function serveHttp(service: HttpService, signal: AbortSignal): Promise<void> {
  const { app, background, log } = service;
  const isStarted = () => app.server.listening;
  const metrics = await createMetricsServer({ ...service.metrics, isStarted, stopping: signal });
  const { ended } = await service.start();
  const listen = await listenOrExplain(service.listen, 'LISTEN_ADDRESS', ({ host, port }) =>
    app.listen({ host, port }),
  );
  log.info(
    { listen, metrics: `http://${metrics.address}/metrics`, ...service.facts, ...readBuildInfo() },
    service.says,
  );
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), ended]);
  await drain(app, service.drainDelayMs);
  background.abort(signal.reason); // after the last request, so that the rows it left are written
  await ended;
  await metrics.close();
}
