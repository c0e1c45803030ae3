import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A directory with one account, whose server is at `pds`, by default this one, which has no OAuth. */
export interface AccountServer extends AsyncDisposable {
  readonly plcUrl: string;
  readonly did: string;
}

export async function startServerOf({ pds }: { pds?: string }): Promise<AccountServer> {
  const did = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaab';
  const server = createServer((request, response) => {
    const isDocument = request.url === `/${did}`;
    response.writeHead(isDocument ? 200 : 404, { 'content-type': 'application/json' });
    const service = { id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: pds ?? url() };
    response.end(isDocument ? JSON.stringify({ id: did, alsoKnownAs: ['at://old.test'], service: [service] }) : '{}');
  });
  const url = () => `http://localhost:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    plcUrl: url(),
    did,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
