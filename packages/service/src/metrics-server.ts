import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { type BuildInfo, readBuildInfo } from './build-info.ts';
import { formatHostPort } from './config-types.ts';
import { limitConnections } from './connection-limit.ts';
import { listenOrExplain } from './listen.ts';
import { addProcessMetrics } from './process-metrics.ts';

/** Something that a service needs: `name` is stable, `detail` is for people. */
export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

export interface MetricsServerOptions {
  /** `host:port`, as listenAddress reads it. */
  readonly listen: string;
  readonly registry: Registry;
  /** False when only a restart would help: /healthz answers 503. Default: always alive. */
  readonly isLive?: () => boolean;
  /** /readyz answers 503 when one of these checks fails. Default: no checks. */
  readonly isReady?: () => readonly HealthCheck[] | Promise<readonly HealthCheck[]>;
  /** False until the service has started: /startupz and /readyz answer 503. Default: started. */
  readonly isStarted?: () => boolean;
  /** The status that /readyz gives when the service is ready, such as 'standby'. Default 'ready'. */
  readonly readyWord?: () => string;
  /** Once it aborts, /readyz answers 503: the service is stopping. */
  readonly stopping?: AbortSignal;
}

export interface MetricsServer {
  /** The `host:port` that it listens on, with the real port. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves GET /metrics (Prometheus; the process's own metrics are added), /healthz, /readyz and
 * /startupz (JSON). Throws a SetupError when the port is taken.
 */
export async function createMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  addProcessMetrics(options.registry);
  const info = readBuildInfo();
  const server = createServer(SERVER_OPTIONS, (request, response) => {
    answer(options, info, request).then(
      (reply) => send(request, response, reply),
      (error: unknown) => send(request, response, json(500, { error: 'InternalServerError', message: String(error) })),
    );
  });
  limitConnections(server, MAX_CONNECTIONS);
  const address = await listenOrExplain(options.listen, 'METRICS_LISTEN_ADDRESS', ({ host, port }) =>
    listen(server, host, port),
  );
  return { address, close: () => close(server) };
}

const SERVER_OPTIONS = { requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 };
/** Probes and scrapers are few. */
const MAX_CONNECTIONS = 32;
const CHECK_TIMEOUT_MS = 5_000;

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function answer(options: MetricsServerOptions, info: BuildInfo, request: IncomingMessage): Promise<Reply> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return json(405, { error: 'MethodNotAllowed', message: 'only GET is answered here' });
  }
  switch (request.url?.split('?', 1)[0]) {
    case '/metrics':
      return { status: 200, type: options.registry.contentType, body: await options.registry.metrics() };
    case '/healthz':
      return health(options, info);
    case '/readyz':
      return readiness(options);
    case '/startupz':
      return startUp(options);
    default:
      return json(404, { error: 'NotFound', message: 'there are /metrics, /healthz, /readyz and /startupz' });
  }
}

function health({ isLive = () => true }: MetricsServerOptions, info: BuildInfo): Reply {
  const live = isLive();
  return json(live ? 200 : 503, { status: live ? 'ok' : 'failing', ...info });
}

async function readiness(options: MetricsServerOptions): Promise<Reply> {
  const { isReady = () => [], readyWord = () => 'ready', isStarted = () => true, stopping } = options;
  if (stopping?.aborted === true) return json(503, { status: 'stopping', checks: [] });
  const checks = await withTimeout(Promise.resolve().then(isReady));
  const ready = isStarted() && checks.every((check) => check.ok);
  return json(ready ? 200 : 503, { status: ready ? readyWord() : 'not ready', checks });
}

function startUp({ isStarted = () => true }: MetricsServerOptions): Reply {
  const started = isStarted();
  return json(started ? 200 : 503, { status: started ? 'started' : 'starting' });
}

/** A check that hangs or throws has failed. */
async function withTimeout(checks: Promise<readonly HealthCheck[]>): Promise<readonly HealthCheck[]> {
  const { promise: late, resolve } = Promise.withResolvers<readonly HealthCheck[]>();
  const timer = setTimeout(() => {
    resolve([{ name: 'checks', ok: false, detail: `no answer within ${CHECK_TIMEOUT_MS} ms` }]);
  }, CHECK_TIMEOUT_MS);
  try {
    return await Promise.race([checks, late]);
  } catch (error) {
    return [{ name: 'checks', ok: false, detail: error instanceof Error ? error.message : String(error) }];
  } finally {
    clearTimeout(timer);
  }
}

function json(status: number, value: unknown): Reply {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Reply): void {
  const allow = status === 405 ? { allow: 'GET, HEAD' } : {};
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...allow });
  response.end(request.method === 'HEAD' ? undefined : body);
  request.resume();
}

function listen(server: Server, host: string, port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  server.once('error', reject);
  server.listen(port, host, () => {
    server.off('error', reject);
    const bound = server.address();
    resolve(
      typeof bound === 'object' && bound !== null ? formatHostPort({ host, port: bound.port }) : `${host}:${port}`,
    );
  });
  return promise;
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve()); // its only error is that it was closed before
  server.closeAllConnections();
  return promise;
}
