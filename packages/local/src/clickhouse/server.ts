import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { authenticate, type Credentials } from './auth.ts';
import type { Engine } from './engine.ts';
import { ClickHouseException } from './errors.ts';
import { browserRefusal } from './guard.ts';
import { answerQuery } from './query.ts';
import { sendError } from './response.ts';

export interface ServerDeps {
  readonly engine: Engine;
  readonly credentials: Credentials | undefined;
  readonly maxBodyBytes: number;
  /** An error that is a fault of this server itself. */
  readonly onFault: (error: unknown) => void;
}

/** ClickHouse's HTTP interface over the engine. */
export function createClickHouseServer(deps: ServerDeps): Server {
  const server = createServer({ keepAliveTimeout: 30_000, requestTimeout: 30 * 60_000, maxHeaderSize: 1024 * 1024 });
  server.maxConnections = 1024;
  server.on('request', (request, response) => {
    answer(deps, request, response).catch((error: unknown) => {
      request.resume(); // what is left of the body is not wanted, but the client sends it before it reads the answer
      if (response.destroyed || response.writableEnded) return; // the client has gone, or has its answer
      if (!(error instanceof ClickHouseException)) deps.onFault(error);
      sendError(response, asException(error), deps.engine.version);
    });
  });
  return server;
}

async function answer(deps: ServerDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refusal = browserRefusal(request.headers);
  if (refusal !== undefined) return sendPlain(response, 403, `${refusal}\n`);
  if (!['GET', 'HEAD', 'POST'].includes(request.method ?? '')) return sendPlain(response, 405, 'Method not allowed.\n');
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') return sendPlain(response, 200, 'Ok.\n');
  if (url.pathname !== '/') return sendPlain(response, 404, `There is no handle ${url.pathname}\n`);
  const isBare = request.method !== 'POST' && !url.searchParams.has('query');
  if (isBare) return sendPlain(response, 200, 'Ok.\n');
  authenticate(request.headers, url.searchParams, deps.credentials);
  await answerQuery(deps, request, response, url.searchParams, signalOf(response));
}

/** Aborted when the client goes away before it has its answer. */
function signalOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished)
      gone.abort(new ClickHouseException(394, 'QUERY_WAS_CANCELLED', 'The client has gone.'));
  });
  return gone.signal;
}

function sendPlain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function asException(error: unknown): ClickHouseException {
  if (error instanceof ClickHouseException) return error;
  return new ClickHouseException(1002, 'UNKNOWN_EXCEPTION', error instanceof Error ? error.message : String(error));
}
