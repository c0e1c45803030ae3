import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestNetworkNoAppView } from '@atproto/dev-env';
import { startTestNetwork } from '../pds/test-network.ts';

/** A real PLC directory and a real PDS, and a man in the middle of the PDS whom tests tell what to do. */
export interface DevNetwork extends AsyncDisposable {
  /** Of a directory that names the man in the middle as everybody's server. */
  readonly plcUrl: string;
  /** The PDS itself. */
  readonly pdsUrl: string;
  /** The PDS and the directory without the man in the middle. */
  readonly own: TestNetworkNoAppView;
  /** The man in the middle. */
  readonly proxyUrl: string;
  /** Asked about each request; default: hand it on. */
  intercept: Intercept;
}

/** What to do with a request for a method: `forward` hands it on and gives the answer, which may then be given, changed or kept. */
export type Intercept = (call: Call) => Promise<void>;

export interface Call {
  /** `com.atproto.repo.applyWrites`, … */
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body of the request as JSON; undefined without one. */
  json(): unknown;
  /** Asks the PDS, with another body if one is given. */
  forward(body?: unknown): Promise<Forwarded>;
  /** Answers the caller. */
  answer(reply: Forwarded): void;
  /** Breaks the caller's connection. */
  drop(): void;
  readonly raw: ServerResponse;
}

export interface Forwarded {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export const handOn: Intercept = async (call) => call.answer(await call.forward());

export async function startDevNetwork(): Promise<DevNetwork> {
  const network = await startTestNetwork();
  const state: { intercept: Intercept } = { intercept: handOn };
  const proxy = await listen((request, response) => void relay(state, network.pds.url, request, response));
  const plc = await listen((request, response) => void directory(network.plc.url, proxy.url, request, response));
  return {
    plcUrl: plc.url,
    pdsUrl: network.pds.url,
    own: network,
    proxyUrl: proxy.url,
    get intercept() {
      return state.intercept;
    },
    set intercept(intercept: Intercept) {
      state.intercept = intercept;
    },
    [Symbol.asyncDispose]: async () => {
      for (const { server } of [proxy, plc]) {
        server.closeAllConnections();
        server.close();
      }
      await network.close();
    },
  };
}

async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ server: Server; url: string }> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}` };
}

async function relay(
  state: { intercept: Intercept },
  pds: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bytesOf(request);
  const call: Call = {
    method: /^\/xrpc\/([^?]+)/.exec(request.url ?? '')?.[1] ?? '',
    headers: request.headers,
    json: () => (body.length === 0 ? undefined : JSON.parse(Buffer.from(body).toString())),
    forward: async (other) => {
      const sent = other === undefined ? body : Buffer.from(JSON.stringify(other));
      const headers = Object.entries(request.headers).filter(([name]) =>
        ['authorization', 'content-type', 'accept'].includes(name),
      );
      const answer = await fetch(`${pds}${request.url}`, {
        method: request.method ?? 'GET',
        headers: Object.fromEntries(headers) as Record<string, string>,
        ...(sent.length > 0 ? { body: sent } : {}),
      });
      const kept = [...answer.headers].filter(([name]) => name === 'content-type' || name.startsWith('ratelimit'));
      return {
        status: answer.status,
        headers: Object.fromEntries(kept),
        body: new Uint8Array(await answer.arrayBuffer()),
      };
    },
    answer: (reply) => {
      response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length });
      response.end(reply.body);
    },
    drop: () => response.destroy(),
    raw: response,
  };
  await state.intercept(call).catch(() => response.destroy());
}

async function directory(
  plc: string,
  proxyUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await fetch(`${plc}${request.url}`);
  const document = (await answer.json()) as { service?: { serviceEndpoint: string }[] };
  for (const service of document.service ?? []) service.serviceEndpoint = proxyUrl;
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(document));
}

async function bytesOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return new Uint8Array(Buffer.concat(chunks));
}
