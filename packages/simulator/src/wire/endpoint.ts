import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Channel, createChannel } from './channel.ts';

/** The protocol of one path of an endpoint. */
export interface Protocol {
  /** Reads a request: refuses it, or says what to do with the connection. */
  open(query: URLSearchParams, headers: IncomingHttpHeaders): Refusal | Session;
}

/** Runs for the life of a connection. */
export type Session = (connection: Connection) => void;

export interface Connection {
  readonly channel: Channel;
  /** For what the reader sends. */
  readonly ws: WebSocket;
}

/** An HTTP status with plain text, or with an object as JSON. */
export interface Refusal {
  readonly status: number;
  readonly body: string | object;
}

export interface EndpointOptions {
  readonly host: string;
  readonly port: number;
  readonly slowReaderMs: number;
  readonly pingEveryMs: number;
  /** By path. */
  readonly protocols: Readonly<Record<string, Protocol>>;
  /** Answers plain HTTP requests; 404 without it. */
  readonly onRequest?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface Endpoint {
  readonly port: number;
  /** Closes all readers with 1001 and stops listening. */
  close(): Promise<void>;
}

const MAX_CLIENT_MESSAGE_BYTES = 10_000_000;
const GOING_AWAY = 1001;
const CLOSE_GRACE_MS = 500;

/** The outer side of a Jetstream server: handshake, refusal, closing. */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { slowReaderMs, pingEveryMs, protocols, onRequest = answerNotFound } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
  });
  const server = createServer(onRequest);
  server.on('upgrade', (request, stream, head) => {
    const socket = stream as Socket;
    socket.on('error', () => socket.destroy());
    const { pathname, searchParams } = urlOf(request);
    const session = protocols[pathname]?.open(searchParams, request.headers) ?? NOT_FOUND;
    if (typeof session !== 'function') return refuse(socket, session);
    sockets.handleUpgrade(request, socket, head, (ws) =>
      session({ ws, channel: createChannel({ socket, ws, slowReaderMs, pingEveryMs }) }),
    );
  });
  const port = await listen(server, options.host, options.port);
  return { port, close: () => closeAll(server, sockets) };
}

/** The URL of a request; one without a path that leads anywhere for what can't be a URL. */
export function urlOf({ url = '/' }: IncomingMessage): URL {
  return URL.parse(url, 'http://localhost') ?? new URL('http://localhost/');
}

const NOT_FOUND: Refusal = { status: 404, body: 'not found' };

function answerNotFound(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
}

function refuse(socket: Socket, { status, body }: Refusal): void {
  const [type, text] =
    typeof body === 'string' ? ['text/plain; charset=utf-8', body] : ['application/json', JSON.stringify(body)];
  const length = Buffer.byteLength(text);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${text}`,
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
