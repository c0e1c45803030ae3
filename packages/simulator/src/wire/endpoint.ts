import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Filter, readFilter } from '../jetstream/filter.ts';
import { type Cursor, readSubscription } from '../jetstream/subscription.ts';
import { type Channel, createChannel } from './channel.ts';

/** One subscriber of `/subscribe`. */
export interface Reader {
  readonly channel: Channel;
  readonly cursor: Cursor;
  /** The filter as it is now: an `options_update` replaces it. */
  filter(): Filter;
  /** Resolves when events may be sent: at once, or with `requireHello` after the first valid `options_update`. */
  readonly hello: Promise<void>;
}

export interface EndpointOptions {
  readonly host: string;
  readonly port: number;
  readonly slowReaderMs: number;
  readonly pingEveryMs: number;
  /** While it gives one, every new reader is refused. */
  refusal?(): Refusal | undefined;
  /** Answers plain HTTP requests; 404 without it. */
  readonly onRequest?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Called for each connection; the promise resolves at its end. */
  readonly onReader: (reader: Reader) => Promise<void>;
}

/** An HTTP status and plain text. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
}

export interface Endpoint {
  readonly port: number;
  /** The address of `/subscribe`, for `WS_URL`. */
  readonly url: string;
  /** Closes all readers with 1001 and stops listening. */
  close(): Promise<void>;
}

const MAX_CLIENT_MESSAGE_BYTES = 10_000_000;
const GOING_AWAY = 1001;
const CLOSE_GRACE_MS = 500;

/** The outer side of a Jetstream v1 server: handshake, parameters, `options_update`, closing. */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
  });
  const server = createServer((request, response) => {
    if (options.onRequest) options.onRequest(request, response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname !== '/subscribe') return refuse(socket as Socket, 404, 'not found');
    const refusal = options.refusal?.();
    if (refusal) return refuse(socket as Socket, refusal.status, refusal.body);
    const subscription = readSubscription(url.searchParams, request.headers);
    if ('fault' in subscription) return refuse(socket as Socket, 400, subscription.fault);
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const channel = createChannel({
        socket: socket as Socket,
        ws,
        slowReaderMs: options.slowReaderMs,
        pingEveryMs: options.pingEveryMs,
      });
      const { filter, hello } = listenForOptions(ws, subscription.filter, subscription.requireHello);
      void options.onReader({ channel, cursor: subscription.cursor, filter, hello });
    });
  });
  const port = await listen(server, options.host, options.port);
  return { port, url: `ws://${options.host}:${port}/subscribe`, close: () => closeAll(server, sockets) };
}

function listenForOptions(ws: WebSocket, first: Filter, requireHello: boolean): Pick<Reader, 'filter' | 'hello'> {
  let filter = first;
  const hello = Promise.withResolvers<void>();
  if (!requireHello) hello.resolve();
  ws.once('close', () => hello.resolve());
  // `ws` gives one Buffer for each message unless told otherwise.
  ws.on('message', (message: Buffer) => {
    const update = readOptionsUpdate(message.toString());
    if ('code' in update) return ws.close(update.code, update.reason);
    filter = update.filter;
    hello.resolve();
  });
  return { filter: () => filter, hello: hello.promise };
}

function readOptionsUpdate(text: string): { filter: Filter } | { code: number; reason: string } {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { code: 1007, reason: 'invalid JSON' };
  }
  const { type, payload } = (typeof message === 'object' && message !== null ? message : {}) as Record<string, unknown>;
  if (type !== 'options_update') return { code: 1008, reason: 'unknown message type' };
  const filter = readFilter(payload);
  return 'fault' in filter ? { code: 1008, reason: filter.fault.slice(0, 100) } : { filter };
}

function refuse(socket: Socket, status: number, body: string): void {
  const reason = { 400: 'Bad Request', 404: 'Not Found', 503: 'Service Unavailable' }[status] ?? 'Refused';
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Resolves with the port; rejects with the system's error, such as EADDRINUSE. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function closeAll(server: Server, sockets: WebSocketServer): Promise<void> {
  const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const ws of sockets.clients) ws.close(GOING_AWAY, 'shutting down');
  server.closeAllConnections();
  const impatience = setTimeout(() => {
    for (const ws of sockets.clients) ws.terminate();
  }, CLOSE_GRACE_MS);
  await stopped;
  clearTimeout(impatience);
}
