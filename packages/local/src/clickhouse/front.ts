// The HTTP server through which people and programs reach ClickHouse. It stands before the engine's own.
//
// In:  requests of any client of ClickHouse.
// Out: a request with a user's name and password goes to the engine, body and answer unchanged; any other gets ClickHouse's own answer to
//      a wrong password. `/ping` needs none.
// Invariant: the engine gets whole heads only, since a connection that ends within its first head aborts it. No statement is read here.
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { limitConnections, listenOrExplain } from '@updraft/service';
import { findLogin, type Login } from './credentials.ts';
import { forward } from './forward.ts';
import { readTarget } from './target.ts';

export interface FrontOptions {
  /** 0: a free one. */
  readonly port: number;
  readonly enginePort: number;
  readonly logins: readonly Login[];
}

export interface Front {
  readonly port: number;
  /** Takes no new connections; requests under way go on. */
  drain(): void;
  /** Ends everything at once. */
  close(): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 1024 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30 * 60_000,
  keepAliveTimeout: 30_000,
};
const MAX_CONNECTIONS = 1024;
const AUTHENTICATION_FAILED =
  'Code: 516. DB::Exception: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)\n';

/** Listens. @throws SetupError when the port is taken */
export async function openFront(options: FrontOptions): Promise<Front> {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  const server = createServer(LIMITS, (incoming, outgoing) => answer(options, agent, incoming, outgoing));
  limitConnections(server, MAX_CONNECTIONS); // the oldest unfinished request makes room
  await listenOrExplain(`127.0.0.1:${options.port}`, '--port', ({ host, port }) => {
    return new Promise<void>((listening, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, listening);
    });
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : options.port,
    drain: () => void server.close(),
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

function answer(options: FrontOptions, agent: Agent, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (!['GET', 'HEAD', 'POST'].includes(incoming.method ?? ''))
    return refuse(incoming, outgoing, 405, 'Method not allowed.\n');
  const target = readTarget(incoming.url ?? '/');
  const to = { port: options.enginePort, agent };
  if (target.path === '/ping') return forward({ ...to, path: '/ping', login: undefined }, incoming, outgoing);
  const login = findLogin(incoming.headers, target.search, options.logins);
  if (login === undefined)
    return refuse(incoming, outgoing, 403, AUTHENTICATION_FAILED, { 'X-ClickHouse-Exception-Code': '516' });
  forward({ ...to, path: target.forEngine, queryId: target.queryId, login }, incoming, outgoing);
}

function refuse(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  incoming.resume(); // the client sends its body before it reads the answer
  outgoing.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=UTF-8' });
  outgoing.end(text);
}
