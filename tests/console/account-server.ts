import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A directory with one account, and the account's server as a test wants it. */
export interface AccountServer extends AsyncDisposable {
  readonly url: string;
  readonly did: string;
  /** What was asked for. */
  readonly asked: readonly URLSearchParams[];
  /** Paths of all requests. */
  readonly paths: readonly string[];
  /** The account goes to another server. */
  move(pds: string): void;
}

export interface AccountServerOptions {
  /** Where the account's server is; default: here. */
  readonly pds?: string;
  /** What the server's metadata changes; without it there is no OAuth. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The answer to a request for these scopes. */
  readonly onRequest?: (scope: string) => readonly [number, object];
  /** The answer to a code. */
  readonly onCode?: () => object;
  /** Where a path leads to instead. */
  readonly leadsOn?: Readonly<Record<string, string>>;
}

const DID = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaab';
/** Another account of the same server. */
export const VICTIM = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaac';

export async function startAccountServer(options: AccountServerOptions): Promise<AccountServer> {
  const asked: URLSearchParams[] = [];
  const paths: string[] = [];
  let pds = options.pds;
  const server = createServer((request, response) => void answer(request, response));
  const url = () => `http://localhost:${(server.address() as AddressInfo).port}`;
  const documents = (): Readonly<Record<string, object>> => ({
    [`/${DID}`]: didDocument(DID, pds ?? url()),
    [`/${VICTIM}`]: didDocument(VICTIM, pds ?? url()),
    ...(options.metadata && {
      '/.well-known/oauth-protected-resource': { resource: url(), authorization_servers: [url()] },
      '/.well-known/oauth-authorization-server': { ...serverMetadata(url()), ...options.metadata },
    }),
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let [status, body]: readonly [number, object] = [200, documents()[request.url ?? ''] ?? {}];
    if (documents()[request.url ?? ''] === undefined) status = 404;
    paths.push(request.url ?? '');
    const leadsTo = options.leadsOn?.[request.url ?? ''];
    if (leadsTo !== undefined) {
      response.writeHead(302, { location: leadsTo }).end();
      return;
    }
    if (request.url === '/oauth/token') [status, body] = [200, options.onCode?.() ?? {}];
    if (request.url === '/oauth/par') {
      const form = new URLSearchParams(await text(request));
      asked.push(form);
      [status, body] = options.onRequest?.(form.get('scope') ?? '') ?? [
        201,
        { request_uri: 'urn:ietf:params:x', expires_in: 60 },
      ];
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    url: url(),
    did: DID,
    asked,
    paths,
    move: (to) => {
      pds = to;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function didDocument(did: string, pds: string): object {
  const service = { id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: pds };
  return { id: did, alsoKnownAs: ['at://old.test'], service: [service] };
}

function serverMetadata(url: string): object {
  return {
    issuer: url,
    authorization_endpoint: `${url}/oauth/authorize`,
    token_endpoint: `${url}/oauth/token`,
    pushed_authorization_request_endpoint: `${url}/oauth/par`,
    require_pushed_authorization_requests: true,
    client_id_metadata_document_supported: true,
    token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['ES256'],
    dpop_signing_alg_values_supported: ['ES256'],
    scopes_supported: ['atproto', 'transition:generic'],
    response_types_supported: ['code'],
    authorization_response_iss_parameter_supported: true,
  };
}

/** A directory that hands on to another until it is closed. */
export async function startDirectoryBefore(plcUrl: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    void fetch(`${plcUrl}${request.url}`).then(async (reply) => {
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(await reply.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
