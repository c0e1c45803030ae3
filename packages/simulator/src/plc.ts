import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Keypair } from '@atproto/crypto';
import { createKeys } from './keys.ts';
import { listen } from './wire/endpoint.ts';
import type { World } from './world/world.ts';

export interface PlcOptions {
  readonly listenHost?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Where the accounts' PDS is said to be. */
  readonly pdsEndpoint?: string;
  /** The handle that an account has now; absent = the one it began with. */
  readonly handleOf?: (did: string) => string | undefined;
  /** Documents of DIDs that are no accounts of the world: of a labeler. */
  readonly documentOf?: (did: string) => Promise<object | undefined>;
}

/** A PLC directory of a world's accounts: `GET /:did`. */
export interface PlcDirectory {
  readonly url: string;
  readonly port: number;
  /** The key with which the account signs its service tokens; undefined for DIDs of other worlds. */
  signingKeyOf(did: string): Promise<Keypair | undefined>;
  /** Replaces the account's key in its document. */
  rotate(did: string): void;
  close(): Promise<void>;
}

export async function startPlcDirectory(world: World, options: PlcOptions = {}): Promise<PlcDirectory> {
  const keys = createKeys(world.options.seed, world.accounts);
  const answerRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const did = readDid(request.url ?? '/');
    if (did === undefined || request.method !== 'GET') return answer(response, 404, { message: 'Not Found' });
    const other = await options.documentOf?.(did);
    if (other !== undefined) return answer(response, 200, other);
    const key = await keys.signingKeyOf(did);
    const account = world.accounts.indexOf(did);
    if (key === undefined || account === undefined)
      return answer(response, 404, { message: `DID not registered: ${did}` });
    const handle = options.handleOf?.(did) ?? world.accounts.handle(account, 0);
    answer(response, 200, didDocument(did, handle, key, options.pdsEndpoint ?? 'https://pds.example'));
  };
  const server = createServer((request, response) => void answerRequest(request, response));
  const listenHost = options.listenHost ?? '127.0.0.1';
  const port = await listen(server, listenHost, options.port ?? 0);
  return {
    url: `http://${listenHost}:${port}`,
    port,
    signingKeyOf: keys.signingKeyOf,
    rotate: keys.rotate,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': status === 200 ? 'application/did+ld+json' : 'application/json' })
    .end(JSON.stringify(body));
}

function readDid(url: string): string | undefined {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname.slice(1));
    return path.startsWith('did:') ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Source: the did:plc specification, and https://atproto.com/specs/did for the entries that AT Protocol reads. */
function didDocument(did: string, handle: string, key: Keypair, pdsEndpoint: string): object {
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    alsoKnownAs: [`at://${handle}`],
    verificationMethod: [
      {
        id: `${did}#atproto`,
        type: 'Multikey',
        controller: did,
        publicKeyMultibase: key.did().slice('did:key:'.length),
      },
    ],
    service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: pdsEndpoint }],
  };
}
