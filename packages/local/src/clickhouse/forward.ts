import { type Agent, type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { sleep } from '@updraft/service';
import type { Login } from './credentials.ts';

export interface Route {
  /** Of the engine, on 127.0.0.1. */
  readonly port: number;
  readonly agent: Agent;
  readonly path: string;
  readonly login: Login | undefined;
  readonly queryId?: string;
}

/** Headers of one connection, not of the request (RFC 9110, 7.6.1), and those with the login. */
const NOT_FORWARDED = new Set(
  (
    'connection keep-alive proxy-connection te trailer transfer-encoding upgrade expect host ' +
    'authorization x-clickhouse-user x-clickhouse-key'
  ).split(' '),
);
/** How long the head of a request may take to reach the engine once the client is gone. */
const HEAD_TIMEOUT_MS = 5_000;

/** Sends the request on and its answer back, as fast as both sides take them. When one side goes away, the other one ends too. */
export function forward(route: Route, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { port, agent, path } = route;
  const headers = { ...forwarded(incoming.rawHeaders), ...loginHeaders(route.login) };
  // the engine would wait for the bytes of a length, so a GET's body is sent on too
  const { method, headers: told } = incoming;
  const hasBody = method === 'POST' || told['content-length'] !== undefined || told['transfer-encoding'] !== undefined;
  if (hasBody && told['content-length'] === undefined) headers['Transfer-Encoding'] = 'chunked';
  const asked = request({ host: '127.0.0.1', port, agent, path, method, headers });
  asked.flushHeaders();
  asked.on('response', (answered) => {
    outgoing.writeHead(answered.statusCode ?? 502, answered.statusMessage, forwarded(answered.rawHeaders));
    pipeline(answered, outgoing, () => {}); // a broken pipe is handled by 'close' below
  });
  asked.on('error', () => unavailable(outgoing));
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) void abandon(route, asked);
  });
  // not by pipeline(), which would end the engine's connection together with the client's, in the middle of a head
  if (hasBody) incoming.pipe(asked);
  else asked.end();
}

function forwarded(raw: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2);
    if (NOT_FORWARDED.has(name.toLowerCase())) continue;
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

function loginHeaders(login: Login | undefined): Record<string, string> {
  if (login === undefined) return {};
  return { 'X-ClickHouse-User': login.username, 'X-ClickHouse-Key': login.password };
}

function unavailable(outgoing: ServerResponse): void {
  if (outgoing.headersSent) return void outgoing.destroy();
  outgoing.writeHead(503, { 'Content-Type': 'text/plain; charset=UTF-8', 'Retry-After': '1', Connection: 'close' });
  outgoing.end('ClickHouse is starting.\n');
}

/** Ends the connection once the engine has the whole head, and kills a query that only reads: sent by POST, it would run on. */
async function abandon(route: Route, asked: ClientRequest): Promise<void> {
  for (const deadline = Date.now() + HEAD_TIMEOUT_MS; Date.now() < deadline; await sleep(5)) {
    const isSent = asked.socket !== null && !asked.socket.connecting && asked.socket.writableLength === 0;
    if (asked.destroyed || isSent) break;
  }
  asked.destroy();
  if (route.queryId === undefined) return;
  const sql = "KILL QUERY WHERE query_id = {id:String} AND query_kind = 'Select' ASYNC FORMAT Null";
  const path = `/?${new URLSearchParams({ query: sql, param_id: route.queryId }).toString()}`;
  const { port, agent } = route;
  const kill = request({ host: '127.0.0.1', port, agent, path, method: 'POST', headers: loginHeaders(route.login) });
  kill.on('response', (answered) => answered.resume());
  kill.on('error', () => {}); // the engine is gone, and the query with it
  kill.end();
}
