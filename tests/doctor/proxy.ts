import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy before a feed generator, which tests set up wrongly. */
export interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Where it leads. */
  target: string;
  /** What it does to requests whose path begins so. */
  readonly faults: Map<string, Fault>;
}

export interface Fault {
  /** Answers by itself. */
  readonly answer?: { readonly status: number; readonly body: object };
  /** Headers of the request that it takes away. */
  readonly dropped?: readonly string[];
  /** The Date of its answers. */
  readonly date?: string;
}

export async function startProxy(): Promise<Proxy> {
  const faults = new Map<string, Fault>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const fault = [...faults].find(([prefix]) => path.startsWith(prefix))?.[1] ?? {};
    if (fault.answer !== undefined) send(response, fault.answer.status, JSON.stringify(fault.answer.body), fault.date);
    else
      void handOn(`${proxy.target}${path}`, request.headers, fault).then(
        ({ status, body }) => send(response, status, body, fault.date),
        () => send(response, 502, '{}', undefined),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    target: '',
    faults,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

async function handOn(url: string, headers: IncomingHttpHeaders, { dropped = [] }: Fault) {
  const { authorization } = headers;
  const kept = authorization === undefined || dropped.includes('authorization') ? {} : { authorization };
  const reply = await fetch(url, { headers: kept });
  return { status: reply.status, body: await reply.text() };
}

function send(response: ServerResponse, status: number, body: string, date: string | undefined): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(date !== undefined && { date }) });
  response.end(body);
}
