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
  const sent = { ...forwarded(incoming.rawHeaders), ...loginHeaders(route.login) };
  // the engine would wait for the bytes of a length, so a GET's body is sent on too
  const { method, headers } = incoming;
  const hasBody =
    method === 'POST' || headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (hasBody && headers['content-length'] === undefined) sent['Transfer-Encoding'] = 'chunked';
  const engineRequest = request({ host: '127.0.0.1', port, agent, path, method, headers: sent });
  engineRequest.flushHeaders();
  engineRequest.on('response', (engineResponse) => {
    const { statusCode = 502, statusMessage, rawHeaders } = engineResponse;
    outgoing.writeHead(statusCode, statusMessage, forwarded(rawHeaders));
    pipeline(engineResponse, outgoing, () => {}); // a broken pipe is handled by 'close' below
  });
  engineRequest.on('error', () => unavailable(outgoing));
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) void abandon(route, engineRequest);
  });
  // not by pipeline(), which would end the engine's connection together with the client's, in the middle of a head
  if (hasBody) incoming.pipe(engineRequest);
  else engineRequest.end();
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
async function abandon(route: Route, engineRequest: ClientRequest): Promise<void> {
  for (const deadline = Date.now() + HEAD_TIMEOUT_MS; Date.now() < deadline; await sleep(5)) {
    const { socket } = engineRequest;
    const isSent = socket !== null && !socket.connecting && socket.writableLength === 0;
    if (engineRequest.destroyed || isSent) break;
  }
  engineRequest.destroy();
  if (route.queryId === undefined) return;
  const sql = "KILL QUERY WHERE query_id = {id:String} AND query_kind = 'Select' ASYNC FORMAT Null";
  const path = `/?${new URLSearchParams({ query: sql, param_id: route.queryId }).toString()}`;
  const { port, agent } = route;
  const kill = request({ host: '127.0.0.1', port, agent, path, method: 'POST', headers: loginHeaders(route.login) });
  kill.on('response', (engineResponse) => engineResponse.resume());
  kill.on('error', () => {}); // the engine is gone, and the query with it
  kill.end();
}
